package io.github.mgn4j.loss;

import com.google.common.base.Preconditions;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Batch-hard triplet loss (Hermans et al., "In Defense of the Triplet Loss for Person Re-Identification", 2017; used by
 * the MGN paper with margin 1.2). For each anchor of the batch, the farthest image of the same identity, at distance
 * {@code p}, and the nearest image of another, at distance {@code n}, give {@code max(0, p - n + margin)}, or
 * {@code log(1 + exp(p - n))} for the soft margin. The loss is their mean over the valid anchors.
 *
 * <p>The distance is Euclidean on the vectors without normalisation, {@code sqrt(max(|a|^2 + |b|^2 - 2ab, 1e-12))}, as in
 * public PyTorch code. Pairs at the lower bound (identical vectors) have gradient 0, not infinity.
 *
 * <p>An anchor is valid if the batch contains another image of its identity and an image of another identity. A batch
 * without valid anchors has loss 0 and gradient 0. If all vectors are identical, the loss is the margin (log 2 for the soft
 * margin) with gradient 0. Among equally hard images, the first gets the gradient.
 *
 * <p>{@link TripletTerm} determines the features that the loss may be applied to.
 *
 * @param margin the required difference of negative and positive distance; ignored by the soft margin
 * @param soft whether to use the soft margin
 */
public record TripletLoss(double margin, boolean soft) {
    /** The paper's margin. */
    public static final double DEFAULT_MARGIN = 1.2;

    /** The lower bound of squared distances. */
    public static final double MIN_SQUARED_DISTANCE = 1e-12;

    /** Excludes distances from a minimum when added; far above the distances of any reasonable features. */
    private static final double FAR = 1e18;

    public TripletLoss {
        Preconditions.checkArgument(
                soft || (margin >= 0 && margin < Double.POSITIVE_INFINITY),
                "triplet margin must be 0 or more, not %s",
                margin);
    }

    /** Returns the loss with a hinge at a margin. */
    public static TripletLoss withMargin(double margin) {
        return new TripletLoss(margin, false);
    }

    /** Returns the loss with the soft margin: {@code log(1 + exp(p - n))}. */
    public static TripletLoss softMargin() {
        return new TripletLoss(0, true);
    }

    /** Returns the paper's loss, with margin 1.2. */
    public static TripletLoss standard() {
        return withMargin(DEFAULT_MARGIN);
    }

    /**
     * Adds the loss to a graph. Package-private, because it does not check the kind of feature.
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
        // A clamp by mask: its gradient below the bound is exactly 0, so that the square root's is irrelevant there.
        SDVariable above = squared.gt(MIN_SQUARED_DISTANCE).castTo(type);
        SDVariable clamped = squared.mul(above).add(above.rsub(1.0).mul(MIN_SQUARED_DISTANCE));
        return sd.math().sqrt(clamped);
    }

    /** Returns {@code log(1 + exp(x))} without overflow and with gradient 1/2 at 0. */
    private static SDVariable softplus(SameDiff sd, SDVariable x) {
        SDVariable size = sd.math().abs(x);
        SDVariable tail = sd.math().log1p(sd.math().exp(size.neg()));
        return x.add(size).mul(0.5).add(tail);
    }
}
