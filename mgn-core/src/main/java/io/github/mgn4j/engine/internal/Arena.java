package io.github.mgn4j.engine.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Plans one stretch of memory for blocks that are used at different times: the largest first, each at the lowest offset
 * where nothing else lies that is alive with it. Operations of different lanes may run at the same time: the blocks of two
 * lanes never share memory, unless one of the lanes is 0, which is over when the others begin.
 */
public final class Arena {
    /** A block; times are positions in the list of operations. */
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

        /** Records a reading by an operation of the block's own lane. */
        public void usedAt(int time) {
            last = Math.max(last, time);
        }

        /** Records a reading by another lane, which may take place at any later time. */
        public void usedByOtherLane() {
            last = Integer.MAX_VALUE;
        }

        /** Returns where the block begins, once the arena is laid out. */
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

    /** Adds a block that is written at a time. */
    public Block block(long bytes, int time) {
        return block(bytes, 0, time);
    }

    /** Adds a block that an operation of a lane writes at a time. */
    public Block block(long bytes, int lane, int time) {
        Block block = new Block((bytes + alignment - 1) / alignment * alignment, lane, time);
        blocks.add(block);
        return block;
    }

    /** Gives every block its offset, and returns how many bytes they take together. */
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
