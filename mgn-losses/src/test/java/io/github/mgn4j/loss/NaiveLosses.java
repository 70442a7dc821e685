package io.github.mgn4j.loss;

/** The losses written down a second time, in loops, from their definitions. */
final class NaiveLosses {
    static double softmax(double[][] logits, int[] labels, double smoothing) {
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            double max = Double.NEGATIVE_INFINITY;
            for (double z : logits[i]) {
                max = Math.max(max, z);
            }
            double total = 0;
            for (double z : logits[i]) {
                total += Math.exp(z - max);
            }
            for (int c = 0; c < logits[i].length; c++) {
                double target = (c == labels[i] ? 1 - smoothing : 0) + smoothing / logits[i].length;
                sum -= target * (logits[i][c] - max - Math.log(total));
            }
        }
        return sum / logits.length;
    }

    static double triplet(double[][] features, int[] labels, TripletLoss loss) {
        double sum = 0;
        int anchors = 0;
        for (int i = 0; i < features.length; i++) {
            double positive = -1;
            double negative = Double.POSITIVE_INFINITY;
            for (int j = 0; j < features.length; j++) {
                if (j == i) {
                    continue;
                }
                double distance = distance(features[i], features[j]);
                if (labels[i] == labels[j]) {
                    positive = Math.max(positive, distance);
                } else {
                    negative = Math.min(negative, distance);
                }
            }
            if (positive < 0 || negative == Double.POSITIVE_INFINITY) {
                continue;
            }
            anchors++;
            double gap = positive - negative;
            sum += loss.soft() ? Math.log1p(Math.exp(gap)) : Math.max(0, gap + loss.margin());
        }
        return anchors == 0 ? 0 : sum / anchors;
    }

    private static double distance(double[] a, double[] b) {
        double sum = 0;
        for (int d = 0; d < a.length; d++) {
            sum += (a[d] - b[d]) * (a[d] - b[d]);
        }
        return Math.sqrt(Math.max(sum, 1e-12));
    }

    private NaiveLosses() {}
}
