package io.github.mgn4j.checkpoint;

import io.github.mgn4j.checkpoint.Pickle.Dict;
import io.github.mgn4j.checkpoint.Pickle.Global;
import io.github.mgn4j.checkpoint.Pickle.Inert;
import io.github.mgn4j.checkpoint.Pickle.Sequence;
import io.github.mgn4j.checkpoint.Pickle.TensorView;
import io.github.mgn4j.model.WeightsException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pickle (protocols 0 to 5) without executing anything that it names. Containers, numbers and texts are built;
 * calls and persistent ids go to {@link Calls}, which creates tensors from some and {@link Inert} from the rest. Lengths are
 * checked against the remaining bytes before memory is allocated, and the number of steps is bounded.
 */
final class Unpickler {
    /** A state dict takes some ten thousand; each step builds little, so this bounds the memory. */
    private static final int MAX_STEPS = 2_000_000;

    private static final int MAX_NUMBER_LENGTH = 1024;

    /** Longer texts, such as arrays that older protocols spell out, name nothing and are skipped. */
    private static final int MAX_TEXT_LENGTH = 1 << 16;

    private static final Global BYTES = new Global("builtins", "bytes");
    private static final Global TEXT = new Global("builtins", "str");
    private static final Object MARK = new Object();

    /** The meaning of globals. */
    interface Calls {
        /** Calls a global. */
        @Nullable
        Object call(Global function, List<@Nullable Object> arguments);

        /** Returns the object outside the pickle that has an id. */
        Object persistent(@Nullable Object id);
    }

    private final ByteBuffer in;
    private final Calls calls;
    private final ArrayList<@Nullable Object> stack = new ArrayList<>();
    private final Map<Long, @Nullable Object> memo = new HashMap<>();

    Unpickler(ByteBuffer pickle, Calls calls) {
        this.in = pickle.slice().order(ByteOrder.LITTLE_ENDIAN);
        this.calls = calls;
    }

    /** Returns the number of bytes read, which {@link #load} ends behind the pickle's last. */
    int position() {
        return in.position();
    }

    /**
     * Returns the pickled object.
     *
     * @throws WeightsException if the pickle is damaged or names a global that is not allowed
     */
    @Nullable
    Object load() {
        for (int step = 0; step < MAX_STEPS; step++) {
            int opcode = take(1).get() & 0xff;
            if (opcode == '.') {
                return pop();
            }
            step(opcode);
        }
        throw new WeightsException("the pickle has more than " + MAX_STEPS + " steps");
    }

    private void step(int opcode) {
        switch (opcode) {
            case 0x80 -> { // PROTO
                int protocol = take(1).get() & 0xff;
                WeightsException.check(protocol <= 5, "pickle protocol %s is not known, 0 to 5 are", protocol);
            }
            case 0x95 -> take(Long.BYTES); // FRAME
            case '(' -> push(MARK);
            case '0' -> {
                WeightsException.check(!stack.isEmpty(), "the pickle takes from an empty stack");
                stack.remove(stack.size() - 1);
            }
            case '1' -> popToMark();
            case '2' -> push(top());
            case 'N' -> push(null);
            case 0x88 -> push(true);
            case 0x89 -> push(false);
            case 'J' -> push((long) take(Integer.BYTES).getInt());
            case 'K' -> push((long) (take(1).get() & 0xff));
            case 'M' -> push((long) Short.toUnsignedInt(take(Short.BYTES).getShort()));
            case 0x8a -> push(binaryInteger(take(1).get() & 0xff)); // LONG1
            case 0x8b -> push(binaryInteger(take(Integer.BYTES).getInt())); // LONG4
            case 'I' -> push(textInteger(line(), true));
            case 'L' -> push(textInteger(line(), false));
            case 'F' -> push(textFloat(line()));
            case 'G' -> push(take(Double.BYTES).order(ByteOrder.BIG_ENDIAN).getDouble());
            case 'C' -> push(bytes(take(1).get() & 0xffL)); // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
            case 'B' -> push(bytes(take(Integer.BYTES).getInt()));
            case 0x8e, 0x96 -> push(bytes(take(Long.BYTES).getLong()));
            case 'U', 0x8c -> push(text(take(1).get() & 0xffL)); // Python 2's str (U, T, S) is text in Python 3
            case 'T', 'X' -> push(text(take(Integer.BYTES).getInt()));
            case 0x8d -> push(text(take(Long.BYTES).getLong()));
            case 'V' -> push(line());
            case 'S' -> push(quoted(line()));
            case ')', ']', 0x8f -> push(new Sequence()); // EMPTY_TUPLE, EMPTY_LIST, EMPTY_SET
            case 't', 'l', 0x91 -> push(new Sequence(popToMark())); // TUPLE, LIST, FROZENSET
            case 0x85 -> push(tuple(1));
            case 0x86 -> push(tuple(2));
            case 0x87 -> push(tuple(3));
            case 'a' -> {
                Object item = pop();
                sequence().items.add(item);
            }
            case 'e', 0x90 -> { // APPENDS, ADDITEMS
                List<@Nullable Object> items = popToMark();
                sequence().items.addAll(items);
            }
            case '}' -> push(new Dict());
            case 'd' -> {
                List<@Nullable Object> items = popToMark();
                push(new Dict());
                setItems(items);
            }
            case 's' -> setItems(popped(2));
            case 'u' -> setItems(popToMark());
            case 'q' -> memo.put(take(1).get() & 0xffL, top());
            case 'r' -> memo.put(Integer.toUnsignedLong(take(Integer.BYTES).getInt()), top());
            case 'p' -> memo.put(memoKey(line()), top());
            case 0x94 -> memo.put((long) memo.size(), top()); // MEMOIZE
            case 'h' -> push(remembered(take(1).get() & 0xffL));
            case 'j' ->
                push(remembered(Integer.toUnsignedLong(take(Integer.BYTES).getInt())));
            case 'g' -> push(remembered(memoKey(line())));
            case 'c' -> {
                String module = line();
                push(new Global(module, line()));
            }
            case 0x93 -> { // STACK_GLOBAL
                List<@Nullable Object> names = popped(2);
                WeightsException.check(
                        names.get(0) instanceof String && names.get(1) instanceof String,
                        "the pickle names a global that is no text");
                push(new Global((String) names.get(0), (String) names.get(1)));
            }
            case 'R', 0x81 -> { // REDUCE, NEWOBJ
                List<@Nullable Object> both = popped(2);
                push(call(both.get(0), both.get(1)));
            }
            case 0x92 -> { // NEWOBJ_EX: a class, arguments, and arguments by name
                List<@Nullable Object> all = popped(3);
                push(call(all.get(0), all.get(1)));
            }
            case 'i' -> { // INST
                String module = line();
                Global type = new Global(module, line());
                push(calls.call(type, popToMark()));
            }
            case 'o' -> { // OBJ
                List<@Nullable Object> all = popToMark();
                WeightsException.check(!all.isEmpty(), "the pickle makes an object of no class");
                push(call(all.get(0), new Sequence(all.subList(1, all.size()))));
            }
            case 'b' -> build(pop());
            case 'Q' -> push(calls.persistent(pop()));
            case 'P' ->
                throw new WeightsException(
                        "the pickle is of protocol 0, which cannot hold tensors: save it again with pickle_protocol=2");
            default ->
                throw new WeightsException("the pickle has an opcode that is not read: 0x%02x at byte %d"
                        .formatted(opcode, in.position() - 1));
        }
    }

    private @Nullable Object call(@Nullable Object function, @Nullable Object arguments) {
        if (arguments instanceof Sequence sequence) {
            if (function instanceof Global global) {
                return calls.call(global, sequence.items);
            }
            if (function instanceof Inert) {
                return function;
            }
        }
        throw new WeightsException("the pickle calls what is no function");
    }

    /** Keeps the state of an object; that of an OrderedDict or a parameter does not matter to tensors. */
    private void build(@Nullable Object state) {
        Object object = top();
        WeightsException.check(
                object instanceof Dict || object instanceof TensorView || object instanceof Inert,
                "the pickle gives a state to what has none");
        if (object instanceof Inert inert) {
            inert.state = state;
        }
    }

    private void setItems(List<@Nullable Object> items) {
        WeightsException.check(items.size() % 2 == 0, "the pickle has a dictionary key without a value");
        if (top() instanceof Inert) {
            return;
        }
        if (!(top() instanceof Dict dict)) {
            throw new WeightsException("the pickle sets an item of an object that is not a dictionary");
        }
        for (int i = 0; i < items.size(); i += 2) {
            dict.entries.put(items.get(i), items.get(i + 1));
        }
    }

    private Sequence sequence() {
        if (top() instanceof Sequence sequence) {
            return sequence;
        }
        WeightsException.check(top() instanceof Inert, "the pickle appends to an object that is not a list");
        return new Sequence(); // discarded at once
    }

    private Sequence tuple(int size) {
        return new Sequence(popped(size));
    }

    private void push(@Nullable Object value) {
        stack.add(value);
    }

    private @Nullable Object top() {
        WeightsException.check(!stack.isEmpty(), "the pickle takes from an empty stack");
        Object value = stack.get(stack.size() - 1);
        WeightsException.check(value != MARK, "the pickle takes a mark for a value");
        return value;
    }

    private @Nullable Object pop() {
        Object value = top();
        stack.remove(stack.size() - 1);
        return value;
    }

    private List<@Nullable Object> popped(int count) {
        @Nullable Object[] items = new Object[count];
        for (int i = count - 1; i >= 0; i--) {
            items[i] = pop();
        }
        return new ArrayList<>(Arrays.asList(items));
    }

    private List<@Nullable Object> popToMark() {
        int mark = stack.lastIndexOf(MARK);
        WeightsException.check(mark >= 0, "the pickle goes back to a mark that was never set");
        List<@Nullable Object> above = stack.subList(mark + 1, stack.size());
        List<@Nullable Object> items = new ArrayList<>(above);
        above.clear();
        stack.remove(mark);
        return items;
    }

    private @Nullable Object remembered(long key) {
        WeightsException.check(memo.containsKey(key), "the pickle recalls object %s, which it never stored", key);
        return memo.get(key);
    }

    private ByteBuffer take(long length) {
        WeightsException.check(
                length >= 0 && length <= in.remaining(),
                "the pickle is cut off: %s bytes expected at byte %s of %s",
                length,
                in.position(),
                in.limit());
        ByteBuffer part = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return part;
    }

    private Object bytes(long length) {
        take(length);
        return new Inert(BYTES);
    }

    private Object text(long length) {
        ByteBuffer text = take(length);
        return length > MAX_TEXT_LENGTH
                ? new Inert(TEXT)
                : StandardCharsets.UTF_8.decode(text).toString();
    }

    private String line() {
        int end = in.position();
        while (end < in.limit() && in.get(end) != '\n') {
            end++;
        }
        WeightsException.check(
                end - in.position() <= MAX_TEXT_LENGTH, "the pickle has a line of %s bytes", end - in.position());
        String line = StandardCharsets.UTF_8.decode(take(end - in.position())).toString();
        take(1);
        return line;
    }

    /** Removes the quotation marks of a text in protocol 0. */
    private static String quoted(String line) {
        WeightsException.check(
                line.length() > 1
                        && line.charAt(0) == line.charAt(line.length() - 1)
                        && "'\"".indexOf(line.charAt(0)) >= 0,
                "the pickle has a text without quotation marks");
        return line.substring(1, line.length() - 1);
    }

    private static Object textInteger(String line, boolean mayBeBoolean) {
        if (mayBeBoolean && (line.equals("00") || line.equals("01"))) {
            return line.equals("01");
        }
        String digits = line.endsWith("L") ? line.substring(0, line.length() - 1) : line;
        try {
            WeightsException.check(digits.length() <= MAX_NUMBER_LENGTH, "the pickle has a number of absurd length");
            return shortest(new BigInteger(digits));
        } catch (NumberFormatException e) {
            throw new WeightsException("the pickle has a malformed integer", e);
        }
    }

    private static Object textFloat(String line) {
        try {
            return Double.valueOf(line.equals("nan") ? "NaN" : line.replace("inf", "Infinity"));
        } catch (NumberFormatException e) {
            throw new WeightsException("the pickle has a malformed number", e);
        }
    }

    private static long memoKey(String line) {
        return textInteger(line, false) instanceof Long key ? key : -1;
    }

    private Object binaryInteger(long length) {
        WeightsException.check(length <= MAX_NUMBER_LENGTH, "the pickle has a number of absurd length");
        ByteBuffer bytes = take(length);
        byte[] bigEndian = new byte[(int) length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[bigEndian.length - 1 - i] = bytes.get(i);
        }
        return shortest(bigEndian.length == 0 ? BigInteger.ZERO : new BigInteger(bigEndian));
    }

    private static Number shortest(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }
}
