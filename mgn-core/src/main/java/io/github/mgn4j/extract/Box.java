package io.github.mgn4j.extract;

import com.google.common.base.Preconditions;
import io.github.mgn4j.image.RgbImage;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/**
 * A person's place in a frame, as a detector or a tracker states it. It may reach beyond the frame. Immutable.
 *
 * @param x column of the left edge, in pixels
 * @param y row of the upper edge, in pixels
 * @param width in pixels, at least 1
 * @param height in pixels, at least 1
 */
public record Box(int x, int y, int width, int height) {
    /**
     * Creates a box.
     *
     * @throws IllegalArgumentException if a size is below 1
     */
    public Box {
        Preconditions.checkArgument(
                width >= 1 && height >= 1, "a box must be at least 1x1 pixels, not %sx%s", width, height);
    }

    /** Returns copies of what is in the boxes. */
    static List<RgbImage> crops(BufferedImage frame, List<Box> boxes) {
        Rectangle whole = new Rectangle(frame.getWidth(), frame.getHeight());
        List<RgbImage> crops = new ArrayList<>(boxes.size());
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            Rectangle part = whole.intersection(new Rectangle(box.x, box.y, box.width, box.height));
            Preconditions.checkArgument(
                    !part.isEmpty(), "box %s, %s, has no pixel in a frame of %sx%s", i, box, whole.width, whole.height);
            crops.add(RgbImage.of(frame.getSubimage(part.x, part.y, part.width, part.height)));
        }
        return crops;
    }
}
