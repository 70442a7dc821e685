package io.github.mgn4j.bench;

import static org.bytedeco.dnnl.global.dnnl.*;

import com.google.gson.Gson;
import io.github.mgn4j.engine.Precision;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;

/**
 * Measures operations per second of a large matrix product by oneDNN, with the second factor in its preferred form: a
 * lower bound of a network's time. A program, which prints GFLOP/s by number format as JSON.
 */
public final class ProductRate {
    /** A byte whose repetition is a moderate number in every format. */
    private static final int FILL = 0x3f;

    private ProductRate() {}

    /** Arguments: rows, columns and depth of the product; seconds per format. */
    public static void main(String... args) {
        System.out.println(new Gson().toJson(rates(Integer.parseInt(args[0]), Double.parseDouble(args[1]))));
    }

    /** Returns GFLOP/s of {@code n x n} matrices, without formats that the CPU cannot multiply. */
    static Map<Precision, Double> rates(int n, double seconds) {
        Map<Precision, Double> rates = new EnumMap<>(Precision.class);
        dnnl_engine engine = new dnnl_engine();
        check(dnnl_engine_create(engine, dnnl_cpu, 0));
        dnnl_stream stream = new dnnl_stream();
        check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags));
        rate(rates, Precision.FP32, engine, stream, n, seconds, dnnl_f32, dnnl_f32);
        rate(rates, Precision.BF16, engine, stream, n, seconds, dnnl_bf16, dnnl_bf16);
        rate(rates, Precision.INT8, engine, stream, n, seconds, dnnl_u8, dnnl_s8);
        dnnl_stream_destroy(stream);
        dnnl_engine_destroy(engine);
        return rates;
    }

    private static void rate(
            Map<Precision, Double> rates,
            Precision precision,
            dnnl_engine engine,
            dnnl_stream stream,
            int n,
            double seconds,
            int first,
            int second) {
        dnnl_memory_desc a = matrix(n, first, dnnl_ab);
        dnnl_memory_desc any = matrix(n, second, dnnl_format_tag_any);
        dnnl_memory_desc c = matrix(n, dnnl_f32, dnnl_ab);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        int status = dnnl_matmul_primitive_desc_create(
                description, engine, a, any, new dnnl_memory_desc(), c, new dnnl_primitive_attr());
        if (status == dnnl_unimplemented) {
            return;
        }
        check(status);
        dnnl_primitive product = new dnnl_primitive();
        check(dnnl_primitive_create(product, description));
        dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(3);
        BytePointer[] data = {
            set(arguments, 0, DNNL_ARG_SRC, a, engine),
            set(
                    arguments,
                    1,
                    DNNL_ARG_WEIGHTS,
                    dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0),
                    engine),
            set(arguments, 2, DNNL_ARG_DST, c, engine)
        };
        double best = Double.MAX_VALUE;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            long start = System.nanoTime();
            check(dnnl_primitive_execute(product, stream, 3, arguments));
            check(dnnl_stream_wait(stream));
            best = Math.min(best, (double) (System.nanoTime() - start));
        } while (System.nanoTime() < end);
        rates.put(precision, 2.0 * n * n * n / best);
        for (int i = 0; i < data.length; i++) {
            dnnl_memory_destroy(arguments.getPointer(i).memory());
            data[i].close();
        }
        arguments.close();
        dnnl_primitive_destroy(product);
        dnnl_primitive_desc_destroy(description);
        dnnl_memory_desc_destroy(a);
        dnnl_memory_desc_destroy(any);
        dnnl_memory_desc_destroy(c);
    }

    private static dnnl_memory_desc matrix(int n, int type, int format) {
        dnnl_memory_desc descriptor = new dnnl_memory_desc();
        check(dnnl_memory_desc_create_with_tag(descriptor, 2, new long[] {n, n}, type, format));
        return descriptor;
    }

    private static BytePointer set(
            dnnl_exec_arg_t arguments, int position, int argument, dnnl_memory_desc form, dnnl_engine engine) {
        BytePointer data = new BytePointer(dnnl_memory_desc_get_size(form));
        BytePointer.memset(data, FILL, data.capacity());
        dnnl_memory memory = new dnnl_memory();
        check(dnnl_memory_create(memory, form, engine, data));
        arguments.getPointer(position).arg(argument).memory(memory);
        return data;
    }

    private static void check(int status) {
        if (status != dnnl_success) {
            throw new IllegalStateException("oneDNN: status " + status);
        }
    }
}
