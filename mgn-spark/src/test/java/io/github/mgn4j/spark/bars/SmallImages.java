package io.github.mgn4j.spark.bars;

import com.google.common.base.Strings;
import com.google.common.collect.Iterators;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Rows with BMP files of {@value #WIDTH}x{@value #HEIGHT} pixels, {@value #IMAGES} of each person, one from each camera. */
final class SmallImages implements MapPartitionsFunction<Long, Row> {
    static final int WIDTH = 4;
    static final int HEIGHT = 8;
    static final int IMAGES = 10;

    private static final long serialVersionUID = 1L;
    private static final int HEADER = 54;
    private static final int NOISE = 40;
    private static final StructType SCHEMA = new StructType()
            .add("path", DataTypes.StringType)
            .add("content", DataTypes.BinaryType)
            .add("pid", DataTypes.IntegerType)
            .add("camid", DataTypes.IntegerType);

    static Dataset<Row> rows(SparkSession spark, long count, int partitions) {
        return spark.range(0, count, 1, partitions)
                .as(Encoders.LONG())
                .mapPartitions(new SmallImages(), Encoders.row(SCHEMA));
    }

    @Override
    public Iterator<Row> call(Iterator<Long> ids) {
        return Iterators.transform(ids, SmallImages::row);
    }

    private static Row row(long id) {
        int pid = (int) (id / IMAGES);
        int camid = (int) (id % IMAGES);
        // The order of paths is not that of the rows, so that sorting has something to do.
        return RowFactory.create(
                "c" + camid + "/" + Strings.padStart(Integer.toString(pid), 8, '0') + ".bmp", bmp(pid, id), pid, camid);
    }

    /** Returns a file whose pixels are the person's and noise. */
    private static byte[] bmp(int pid, long id) {
        int pixels = 3 * WIDTH * HEIGHT;
        ByteBuffer file = ByteBuffer.allocate(HEADER + pixels).order(ByteOrder.LITTLE_ENDIAN);
        file.put((byte) 'B').put((byte) 'M').putInt(file.capacity()).putInt(0).putInt(HEADER);
        file.putInt(40).putInt(WIDTH).putInt(HEIGHT).putShort((short) 1).putShort((short) 24);
        file.putInt(0).putInt(pixels).putInt(0).putInt(0).putInt(0).putInt(0);
        SplittableRandom person = new SplittableRandom(pid);
        SplittableRandom noise = new SplittableRandom(~id);
        for (int i = 0; i < pixels; i++) {
            file.put((byte) Math.min(255, person.nextInt(256 - NOISE) + noise.nextInt(NOISE)));
        }
        return file.array();
    }
}
