package io.github.mgn4j.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.mgn4j.eval.CameraPairs;
import io.github.mgn4j.eval.Evaluation;
import io.github.mgn4j.eval.Evaluator;
import io.github.mgn4j.eval.Interval;
import io.github.mgn4j.eval.LabelledFeatures;
import io.github.mgn4j.eval.MetricIntervals;
import io.github.mgn4j.eval.PairDistances;
import io.github.mgn4j.eval.ReidMetrics;
import io.github.mgn4j.eval.Verifier;
import io.github.mgn4j.features.DistanceMetric;
import io.github.mgn4j.features.FeatureMatrix;
import io.github.mgn4j.image.ActivationMap;
import io.github.mgn4j.image.ReidImage;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportWriterTest {
    private static final ReidMetrics METRICS = new ReidMetrics(10, 2, List.of(0.5, 0.75, 1.0), 0.6123, 0.55, 0.3);

    @TempDir
    Path folder;

    @Test
    void aFullReportHoldsEverythingItShows() throws Exception {
        ReportData data = sample();
        Path page = ReportWriter.write(folder.resolve("out"), data);
        String html = Files.readString(page);
        assertThat(html)
                .startsWith("<!DOCTYPE html>")
                .contains("<h1>A report &lt;b&gt; &amp; &quot;more&quot;</h1>")
                .contains("<dt>data &lt;i&gt;</dt><dd>synthetic</dd>")
                .contains("61.2%", "Rank-1", "mINP", "2 more without a match", "trained", "untrained")
                .contains("Cumulative matching", "Distances of pairs", "Training loss", "Same person or not")
                .contains(
                        "<h2>Thresholds</h2>",
                        "95% bootstrap over people",
                        "t-SNE of 38 of 38 images",
                        "1% false accepts</text>")
                .contains("Best queries", "Hardest queries", "cam 2", "no image", "class=\"frame miss distractor\"")
                .contains("prefers-color-scheme: dark", "width=device-width")
                .contains(
                        "For 50.0% of the queries the nearest gallery image shows the same person"
                                + " (25.0 to 75.0: 95% bootstrap over people). <b>Recommended threshold: ",
                        "Equal error rate: ",
                        "50.0 to 62.5%",
                        "<h2>Camera pairs</h2>",
                        "<dt>command</dt><dd>mgn &lt;evaluate&gt;</dd>")
                .doesNotContain("<script", "<b> &", "<i>");
        // Nothing is fetched: pictures are in the page, and nothing else has an address.
        Matcher source =
                Pattern.compile("(?:src|href|url)\\s*[=(]\\s*\"?([^\"]{0,30})").matcher(html);
        int pictures = 0;
        while (source.find()) {
            assertThat(source.group(1)).startsWith("data:image/jpeg;base64,");
            pictures++;
        }
        assertThat(pictures).isGreaterThan(20);
        assertThat(html).doesNotContain("http:", "https:");
        try (var files = Files.list(folder.resolve("out"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "report.html",
                            "cmc.png",
                            "loss.png",
                            "distances.png",
                            "roc.png",
                            "map.png",
                            "attention.png",
                            "best.png",
                            "worst.png");
        }
        for (String name : List.of("cmc", "loss", "distances", "roc")) {
            BufferedImage chart =
                    ImageIO.read(folder.resolve("out/" + name + ".png").toFile());
            assertThat(chart.getWidth()).isEqualTo(960);
            assertThat(count(chart, Ink.FIRST.color())).as("blue of %s", name).isGreaterThan(300);
        }
    }

    /** The page is XML too, so that a parser can tell that every element is closed. */
    @Test
    void thePageIsWellFormed() throws Exception {
        String html = Files.readString(ReportWriter.write(folder, sample()));
        Element page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(html)))
                .getDocumentElement();
        assertThat(page.getTagName()).isEqualTo("html");
        NodeList charts = page.getElementsByTagName("svg");
        assertThat(charts.getLength()).isEqualTo(5);
        for (int i = 0; i < charts.getLength(); i++) {
            assertThat(((Element) charts.item(i)).getAttribute("aria-label")).isNotBlank();
        }
        NodeList pictures = page.getElementsByTagName("img");
        for (int i = 0; i < pictures.getLength(); i++) {
            assertThat(((Element) pictures.item(i)).getAttribute("alt")).isNotBlank();
        }
        assertThat(html).doesNotContain("NaN", "Infinity");
    }

    @Test
    void withoutImagesTheListsSaySo() throws IOException {
        ReidImage image = new ReidImage(folder.resolve("nowhere/3 & 4.jpg"), 3, 1);
        ReidImage other = new ReidImage(folder.resolve("nowhere/5.jpg"), 5, 2);
        RankedGallery gallery = new RankedGallery(
                image,
                0.5,
                2,
                List.of(new RankedGallery.Entry(other, 0.5, false), new RankedGallery.Entry(image, 0.75, true)));
        Path page = ReportWriter.write(
                folder, ReportData.builder("r").best(List.of(gallery)).build());
        assertThat(page)
                .content()
                .contains("None of the images can be read", "3 &amp; 4.jpg and others", "person 5", "0.750");
        assertThat(folder).isDirectoryNotContaining("glob:**.png");
    }

    @Test
    void partsWithoutDataAreLeftOut() throws IOException {
        Path page = ReportWriter.write(
                folder, ReportData.builder("Empty").metrics("m", METRICS).build());
        assertThat(page).content().contains("Cumulative matching").doesNotContain("Training loss", "queries</h2>");
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("report.html", "cmc.png");
        }
        assertThat(ReportWriter.write(
                        folder.resolve("nothing"), ReportData.builder("Nothing").build()))
                .exists();
    }

    @Test
    void lossesThatAreNoNumbersAreLeftOut() throws IOException {
        double nan = Double.NaN;
        List<LossPoint> points = List.of(new LossPoint(1, nan, 1, nan), new LossPoint(2, nan, 2, nan));
        Path page = ReportWriter.write(
                folder, ReportData.builder("NaN").loss(points).build());
        assertThat(page).content().contains(">softmax</text>").doesNotContain(">triplet</text>", "Infinity");
    }

    @Test
    void framesAreGreenForTheSamePersonAndRedForOthers() throws IOException {
        ReidImage image = image(3, 1);
        RankedGallery hit = new RankedGallery(image, 1, 1, List.of(new RankedGallery.Entry(image, 0.5, true)));
        RankedGallery miss = new RankedGallery(image, 0, 9, List.of(new RankedGallery.Entry(image, 0.5, false)));
        ReportWriter.write(
                folder,
                ReportData.builder("r").best(List.of(hit)).worst(List.of(miss)).build());
        BufferedImage best = ImageIO.read(folder.resolve("best.png").toFile());
        BufferedImage worst = ImageIO.read(folder.resolve("worst.png").toFile());
        Color green = new Color(0x15803d);
        Color red = new Color(0xdc2626);
        assertThat(count(best, green)).isGreaterThan(1000);
        assertThat(count(best, red)).isZero();
        assertThat(count(worst, red)).isEqualTo(count(best, green));
        assertThat(count(worst, green)).isZero();
    }

    @Test
    void bestAndWorstAreOrderedAndOfDifferentPeople() throws IOException {
        Set set = new Set(7);
        Evaluation evaluation = set.evaluate();
        List<RankedGallery> best = RankedGallery.best(evaluation, set.queryImages, set.galleryImages, 3);
        List<RankedGallery> worst = RankedGallery.worst(evaluation, set.queryImages, set.galleryImages, 3);
        assertThat(best).hasSize(3).extracting(gallery -> gallery.query().pid()).doesNotHaveDuplicates();
        assertThat(best.get(0).ap())
                .isEqualTo(evaluation.results().stream()
                        .mapToDouble(r -> r.ap())
                        .max()
                        .orElseThrow());
        assertThat(worst.get(0).ap())
                .isEqualTo(evaluation.results().stream()
                        .mapToDouble(r -> r.ap())
                        .min()
                        .orElseThrow());
        assertThat(best).extracting(RankedGallery::ap).isSortedAccordingTo((a, b) -> Double.compare(b, a));
        assertThat(worst).extracting(RankedGallery::ap).isSorted();
        for (RankedGallery gallery : best) {
            int firstHit = 1
                    + IntStream.range(0, gallery.entries().size())
                            .filter(k -> gallery.entries().get(k).match())
                            .findFirst()
                            .orElse(100);
            assertThat(firstHit).isEqualTo(gallery.firstHit());
        }
    }

    private ReportData sample() throws IOException {
        Set set = new Set(1);
        Evaluation evaluation = set.evaluate();
        List<LossPoint> loss = IntStream.rangeClosed(1, 555)
                .mapToObj(i -> new LossPoint(i, 3.0 / i, 2.0 / i, 1.0 / i))
                .toList();
        set.galleryImages.set(0, new ReidImage(folder.resolve("none.jpg"), 1, 2));
        Path text = Files.writeString(folder.resolve("text.jpg"), "no image");
        set.queryImages.replaceAll(image -> image.pid() == 2 ? new ReidImage(text, 2, 1) : image);
        return ReportData.builder("A report <b> & \"more\"")
                .fact("data <i>", "synthetic")
                .metrics("trained", METRICS)
                .metrics("untrained", evaluation.metrics())
                .loss(loss)
                .pairs(PairDistances.of(set.query, set.gallery, DistanceMetric.EUCLIDEAN))
                .attention(List.of(
                        new Attention(
                                set.queryImages.get(0),
                                List.of(layer("global"), layer("part <2>")),
                                Attention.Kind.OCCLUSION),
                        new Attention(
                                new ReidImage(folder.resolve("none.jpg"), 9, 2),
                                List.of(layer("global")),
                                Attention.Kind.OCCLUSION)))
                .map(EmbeddingMap.of(set.query, set.gallery, DistanceMetric.EUCLIDEAN))
                .verification(new Verifier(DistanceMetric.EUCLIDEAN).verify(set.query, set.gallery))
                .intervals(new MetricIntervals(0.95, new Interval(0.25, 0.75), new Interval(0.5, 0.625)))
                .cameras(CameraPairs.of(set.query, set.gallery, new Evaluator(DistanceMetric.EUCLIDEAN)))
                .provenance("command", "mgn <evaluate>")
                .best(RankedGallery.best(evaluation, set.queryImages, set.galleryImages, 4))
                .worst(RankedGallery.worst(evaluation, set.queryImages, set.galleryImages, 4))
                .build();
    }

    private static ActivationMap layer(String name) {
        return ActivationMap.of(name, 2, 1, new float[] {0, 1});
    }

    /** Four people and distractors under two cameras. */
    private final class Set {
        final List<ReidImage> queryImages = new ArrayList<>();
        final List<ReidImage> galleryImages = new ArrayList<>();
        final LabelledFeatures query;
        final LabelledFeatures gallery;

        Set(int seed) throws IOException {
            Random random = new Random(seed);
            query = features(random, 1, queryImages, 1);
            gallery = features(random, 0, galleryImages, 3);
        }

        Evaluation evaluate() {
            return new Evaluator(DistanceMetric.EUCLIDEAN).evaluate(query, gallery);
        }

        private LabelledFeatures features(Random random, int firstPid, List<ReidImage> images, int count)
                throws IOException {
            List<float[]> rows = new ArrayList<>();
            for (int pid = firstPid; pid <= 4; pid++) {
                for (int i = 0; i < 2 * count; i++) {
                    float x = (float) (pid + random.nextGaussian());
                    rows.add(new float[] {x, (float) random.nextGaussian()});
                    images.add(image(pid, 1 + i % 2));
                }
            }
            return new LabelledFeatures(
                    FeatureMatrix.ofRows(rows.toArray(float[][]::new)),
                    images.stream().mapToInt(ReidImage::pid).toArray(),
                    images.stream().mapToInt(ReidImage::camid).toArray());
        }
    }

    private ReidImage image(int pid, int camid) throws IOException {
        Path file = folder.resolve("images/" + pid + "_" + camid + ".png");
        if (Files.notExists(file)) {
            Files.createDirectories(file.getParent());
            BufferedImage image = new BufferedImage(64 * camid, 128 * camid, BufferedImage.TYPE_INT_RGB);
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(Color.getHSBColor(pid / 5f, 0.3f, 0.5f));
            graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
            graphics.dispose();
            ImageIO.write(image, "png", file.toFile());
        }
        return new ReidImage(file, pid, camid);
    }

    private static int count(BufferedImage image, Color color) {
        int count = 0;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                count += image.getRGB(x, y) == color.getRGB() ? 1 : 0;
            }
        }
        return count;
    }
}
