package io.github.mgn4j.onednn;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Plans one stretch of memory for blocks that are used at different times: the largest first, each at the lowest offset
 * where nothing else lies that is alive with it.
 */
final class Arena {
    /** A block; times are positions in the list of operations. */
    static final class Block {
        private final long bytes;
        private final int first;
        private int last;
        private long offset;

        private Block(long bytes, int time) {
            this.bytes = bytes;
            this.first = time;
            this.last = time;
        }

        /** Says that the block is read at a time. */
        void usedAt(int time) {
            last = Math.max(last, time);
        }

        /** Where it begins, once the arena is laid out. */
        long offset() {
            return offset;
        }

        private boolean meets(Block other) {
            return first <= other.last && other.first <= last;
        }
    }

    private final List<Block> blocks = new ArrayList<>();

    /** A block that is written at a time. */
    Block block(long bytes, int time) {
        long rounded = (bytes + Dnnl.ALIGNMENT - 1) / Dnnl.ALIGNMENT * Dnnl.ALIGNMENT;
        Block block = new Block(rounded, time);
        blocks.add(block);
        return block;
    }

    /** Gives every block its offset, and returns how many bytes they take together. */
    long layOut() {
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
