package io.github.mgn4j.dl4j;

import com.google.common.base.Preconditions;
import io.github.mgn4j.loss.TripletLoss;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * The batch-hard triplet loss for output layers of DL4J, usually a {@code LossLayer} with the identity as activation behind
 * the layer whose vectors become features. It is {@link TripletLoss}: the same formula, the same anchors, the same gradient
 * where vectors are identical.
 *
 * <p>Labels are one-hot, {@code [batch, classes]}, or class indices, {@code [batch, 1]}; the number of classes need not be
 * the length of the vectors. A mask {@code [batch, 1]} takes images with 0 out of the batch: they are neither anchors nor
 * candidates.
 *
 * <p>A score is the mean over the valid anchors, times the batch size where DL4J asks for a sum, because DL4J divides sums
 * and gradients by the batch size. A network has to keep {@code miniBatch(true)}, its default.
 *
 * <p>A saved network contains the loss with its settings as JSON; a program that loads the network needs this class. Immutable
 * and thread-safe.
 */
public final class BatchHardTripletLoss implements ILossFunction {
    private static final long serialVersionUID = 1;

    private final double margin;
    private final boolean soft;

    /** Creates a loss from the JSON of a saved network. */
    BatchHardTripletLoss(@JsonProperty("margin") double margin, @JsonProperty("soft") boolean soft) {
        this(new TripletLoss(margin, soft));
    }

    private BatchHardTripletLoss(TripletLoss loss) {
        margin = loss.margin();
        soft = loss.soft();
    }

    /**
     * Returns the loss for output layers.
     *
     * @param loss the margin, or the soft margin
     */
    public static BatchHardTripletLoss of(TripletLoss loss) {
        return new BatchHardTripletLoss(loss);
    }

    /** Returns the required difference of negative and positive distance; ignored by the soft margin. */
    @JsonProperty("margin")
    public double margin() {
        return margin;
    }

    /** Returns whether the margin is soft. */
    @JsonProperty("soft")
    public boolean soft() {
        return soft;
    }

    @Override
    public double computeScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        double sum = Arrays.stream(
                        triplets(labels, activated(preOutput, activation), mask).scores())
                .sum();
        return average ? sum / preOutput.size(0) : sum;
    }

    /** Returns the loss of each anchor {@code [batch, 1]}; the sum is the score without averaging. */
    @Override
    public INDArray computeScoreArray(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        double[] scores =
                triplets(labels, activated(preOutput, activation), mask).scores();
        return Nd4j.create(scores, new long[] {scores.length, 1}, preOutput.dataType());
    }

    @Override
    public INDArray computeGradient(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask) {
        return gradient(triplets(labels, activated(preOutput, activation), mask), preOutput, activation);
    }

    @Override
    public Pair<Double, INDArray> computeGradientAndScore(
            INDArray labels, INDArray preOutput, IActivation activation, @Nullable INDArray mask, boolean average) {
        HardTriplets triplets = triplets(labels, activated(preOutput, activation), mask);
        double sum = Arrays.stream(triplets.scores()).sum();
        return Pair.create(average ? sum / preOutput.size(0) : sum, gradient(triplets, preOutput, activation));
    }

    private static INDArray activated(INDArray preOutput, IActivation activation) {
        Preconditions.checkArgument(
                preOutput.rank() == 2,
                "the triplet loss expects vectors [batch, dims], found an array of shape %s",
                Arrays.toString(preOutput.shape()));
        return activation.getActivation(preOutput.dup(), true);
    }

    private static INDArray gradient(HardTriplets triplets, INDArray preOutput, IActivation activation) {
        INDArray ofVectors = Nd4j.create(triplets.gradient(), preOutput.shape(), preOutput.dataType());
        return activation.backprop(preOutput.dup(), ofVectors).getFirst();
    }

    private HardTriplets triplets(INDArray labels, INDArray vectors, @Nullable INDArray mask) {
        int[] identities = identities(labels, vectors.rows(), mask);
        double[][] rows = vectors.castTo(DataType.DOUBLE).toDoubleMatrix();
        return new HardTriplets(rows, identities, new TripletLoss(margin, soft));
    }

    private static int[] identities(INDArray labels, int batch, @Nullable INDArray mask) {
        Preconditions.checkArgument(
                labels.rank() <= 2 && labels.size(0) == batch,
                "labels of shape %s for a batch of %s: expected one-hot [batch, classes] or indices [batch, 1]",
                Arrays.toString(labels.shape()),
                batch);
        double[] kept = kept(mask, batch);
        double[][] rows = labels.reshape('c', batch, labels.length() / batch)
                .castTo(DataType.DOUBLE)
                .toDoubleMatrix();
        int[] identities = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            identities[i] = kept[i] == 0 ? HardTriplets.MASKED : identity(rows[i], i);
        }
        return identities;
    }

    /** Returns a mask as numbers; without one, every image is kept. */
    private static double[] kept(@Nullable INDArray mask, int batch) {
        if (mask == null) {
            double[] all = new double[batch];
            Arrays.fill(all, 1);
            return all;
        }
        Preconditions.checkArgument(
                mask.length() == batch,
                "a mask of shape %s for a batch of %s: expected [batch, 1]",
                Arrays.toString(mask.shape()),
                batch);
        return mask.dup('c').data().asDouble();
    }

    private static int identity(double[] row, int image) {
        if (row.length == 1) {
            Preconditions.checkArgument(
                    row[0] >= 0 && row[0] == (int) row[0],
                    "label %s of image %s: expected the index of a class, from 0",
                    String.valueOf(row[0]),
                    image);
            return (int) row[0];
        }
        int found = HardTriplets.MASKED;
        for (int c = 0; c < row.length; c++) {
            boolean one = row[c] == 1 && found == HardTriplets.MASKED;
            Preconditions.checkArgument(
                    one || row[c] == 0, "label %s of image %s at class %s: expected one-hot labels", row[c], image, c);
            found = one ? c : found;
        }
        Preconditions.checkArgument(
                found != HardTriplets.MASKED, "no class among the labels of image %s: expected one-hot labels", image);
        return found;
    }

    @Override
    public String name() {
        return toString();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof BatchHardTripletLoss that && that.margin == margin && that.soft == soft;
    }

    @Override
    public int hashCode() {
        return Objects.hash(margin, soft);
    }

    @Override
    public String toString() {
        return soft ? "BatchHardTripletLoss(soft margin)" : "BatchHardTripletLoss(margin " + margin + ")";
    }
}
