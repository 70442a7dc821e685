package io.github.mgn4j.loss;

import com.google.common.base.Preconditions;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Batch-hard triplet loss (Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification", 2017; used by
 * the MGN paper with margin 1.2). For each anchor of the batch the farthest image of its identity, at distance
 * {@code p}, and the nearest image of another, at distance {@code n}, give {@code max(0, p - n + margin)}, or
 * {@code log(1 + exp(p - n))} for the soft margin; the loss is their mean over the anchors that count.
 *
 * <p>Which distance: Euclidean on the vectors as they are (not normalised),
 * {@code sqrt(max(|a|^2 + |b|^2 - 2ab, 1e-12))}, as public PyTorch code computes it. Pairs at the lower bound (identical
 * vectors) have gradient 0, not infinity.
 *
 * <p>Which anchors count: those with another image of their identity and with an image of another identity in the
 * batch. A batch without any gives loss 0 and gradient 0. If all vectors are identical the loss is the margin (log 2
 * for the soft margin) with gradient 0. Of equally hard images the first gets the gradient.
 *
 * <p>To which features it may be applied is not decided here but by {@link TripletTerm}.
 *
 * @param margin by how much a negative is wanted farther than a positive; without meaning for the soft margin
 * @param soft whether to use the soft margin
 */
public record TripletLoss(double margin, boolean soft) {
    /** The paper's margin. */
    public static final double DEFAULT_MARGIN = 1.2;

    /** Lower bound of squared distances. */
    public static final double MIN_SQUARED_DISTANCE = 1e-12;

    /** Added to distances that are not to be the smallest; far above any distance of sane features. */
    private static final double FAR = 1e18;

    public TripletLoss {
        Preconditions.checkArgument(
                soft || (margin >= 0 && margin < Double.POSITIVE_INFINITY),
                "triplet margin must be 0 or more, not %s",
                margin);
    }

    /** Hinge with a margin. */
    public static TripletLoss withMargin(double margin) {
        return new TripletLoss(margin, false);
    }

    /** Soft margin: {@code log(1 + exp(p - n))}. */
    public static TripletLoss softMargin() {
        return new TripletLoss(0, true);
    }

    /** The paper's: margin 1.2. */
    public static TripletLoss standard() {
        return withMargin(DEFAULT_MARGIN);
    }

    /**
     * Adds the loss to a graph; package-private because it does not ask which feature it is given.
     *
     * @param features {@code [batch, dims]}
     * @param oneHot {@code [batch, classes]} of the features' type: 1 at each image's class, else 0
     * @return a scalar
     */
    SDVariable apply(SameDiff sd, SDVariable features, SDVariable oneHot) {
        DataType type = features.dataType();
        SDVariable same = sd.mmul(oneHot, oneHot, false, true, false);
        SDVariable other = same.rsub(1.0);
        SDVariable counts = sd.math()
                .mul(same.sum(1).gt(1.5).castTo(type), other.sum(1).gt(0.5).castTo(type));
        SDVariable distances = distances(sd, features, type);
        // Distances are positive: where the mask is 0 the product is never the largest.
        SDVariable hardestPositive = distances.mul(same).max(1);
        SDVariable hardestNegative = distances.add(same.mul(FAR)).min(1);
        SDVariable gap = hardestPositive.sub(hardestNegative);
        SDVariable perAnchor = soft ? softplus(sd, gap) : sd.nn().relu(gap.add(margin), 0);
        SDVariable anchors = counts.sum();
        SDVariable atLeastOne = anchors.add(anchors.lt(0.5).castTo(type));
        return perAnchor.mul(counts).sum().div(atLeastOne);
    }

    private static SDVariable distances(SameDiff sd, SDVariable features, DataType type) {
        SDVariable squares = sd.math().square(features).sum(true, 1);
        SDVariable products = sd.mmul(features, features, false, true, false);
        SDVariable squared = squares.add(sd.permute(squares, 1, 0)).sub(products.mul(2.0));
        // A clamp by mask: its gradient below the bound is exactly 0, so that the root's never matters there.
        SDVariable above = squared.gt(MIN_SQUARED_DISTANCE).castTo(type);
        SDVariable clamped = squared.mul(above).add(above.rsub(1.0).mul(MIN_SQUARED_DISTANCE));
        return sd.math().sqrt(clamped);
    }

    /** {@code log(1 + exp(x))} that does not overflow and has gradient 1/2 at 0. */
    private static SDVariable softplus(SameDiff sd, SDVariable x) {
        SDVariable size = sd.math().abs(x);
        SDVariable tail = sd.math().log1p(sd.math().exp(size.neg()));
        return x.add(size).mul(0.5).add(tail);
    }
}
