package io.github.mgn4j.engine.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Plans one memory region for blocks with different lifetimes. Blocks are placed by descending size, each at the lowest
 * offset that is free during its lifetime. Operations of different lanes may run at the same time, so the blocks of two
 * lanes never share memory. Lane 0 is the exception: it ends before the others begin.
 */
public final class Arena {
    /** A block of memory. Times are positions in the list of operations. */
    public static final class Block {
        private final long bytes;
        private final int lane;
        private final int first;
        private int last;
        private long offset;

        private Block(long bytes, int lane, int time) {
            this.bytes = bytes;
            this.lane = lane;
            this.first = time;
            this.last = time;
        }

        /** Records a read by an operation of the block's own lane. */
        public void usedAt(int time) {
            last = Math.max(last, time);
        }

        /** Records a read by another lane, which may take place at any later time. */
        public void usedByOtherLane() {
            last = Integer.MAX_VALUE;
        }

        /** Returns the offset of the block in bytes; valid after {@link Arena#layOut}. */
        public long offset() {
            return offset;
        }

        private boolean meets(Block other) {
            return (lane != other.lane && lane != 0 && other.lane != 0) || (first <= other.last && other.first <= last);
        }
    }

    private final int alignment;
    private final List<Block> blocks = new ArrayList<>();

    /** Creates an empty arena whose blocks begin at multiples of {@code alignment} bytes. */
    public Arena(int alignment) {
        this.alignment = alignment;
    }

    /** Adds a block of lane 0 that is written at {@code time}. */
    public Block block(long bytes, int time) {
        return block(bytes, 0, time);
    }

    /** Adds a block that an operation of {@code lane} writes at {@code time}. */
    public Block block(long bytes, int lane, int time) {
        Block block = new Block((bytes + alignment - 1) / alignment * alignment, lane, time);
        blocks.add(block);
        return block;
    }

    /** Assigns an offset to every block and returns the total size in bytes. */
    public long layOut() {
        List<Block> bySize = new ArrayList<>(blocks);
        bySize.sort(Comparator.comparingLong((Block b) -> b.bytes).reversed());
        List<Block> placed = new ArrayList<>(); // by offset
        long total = 0;
        for (Block block : bySize) {
            long offset = 0;
            for (Block other : placed) {
                if (block.meets(other)) {
                    if (offset + block.bytes <= other.offset) {
                        break;
                    }
                    offset = Math.max(offset, other.offset + other.bytes);
                }
            }
            block.offset = offset;
            total = Math.max(total, offset + block.bytes);
            placed.add(block);
            placed.sort(Comparator.comparingLong(Block::offset));
        }
        return total;
    }
}
