package io.github.mgn4j.data;

import com.google.common.collect.Interner;
import com.google.common.collect.Interners;
import io.github.mgn4j.image.ReidImage;
import io.github.mgn4j.internal.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads MSMT17 (Wei et al., Person Transfer GAN to Bridge Domain Gap, CVPR 2018), V1 and V2, from list files with lines such
 * as {@code 0000/0000_000_01_0303morning_0008_0.jpg 0}; the camera is the third field of the name. Its identities begin at 0,
 * which is a distractor elsewhere, so they are counted from 1 here. The training split is the lists {@code train} and
 * {@code val}. A listed image that is missing is an error, so that nobody trains on half a download.
 */
public final class Msmt17Format implements DatasetFormat {
    private static final Pattern LINE = Pattern.compile("(\\S.*?)\\s+(\\d{1,9})");
    private static final Pattern CAMERA = Pattern.compile("[^_]*_[^_]*_(\\d{1,9})_.*");
    private static final List<String> TRAIN_FOLDERS = List.of("train", "mask_train_v2");
    private static final List<String> TEST_FOLDERS = List.of("test", "mask_test_v2");

    @Override
    public String name() {
        return "msmt17";
    }

    @Override
    public String expects() {
        return "list_train.txt, list_val.txt, list_query.txt, list_gallery.txt, train and test";
    }

    @Override
    public boolean recognises(Path root) {
        return Files.isRegularFile(root.resolve("list_train.txt"));
    }

    @Override
    public ReidDataset read(Path root) throws IOException {
        Folders.requireFolder(root, name() + " has " + expects());
        Path train = folder(root, TRAIN_FOLDERS);
        Path test = folder(root, TEST_FOLDERS);
        List<ReidImage> training = new ArrayList<>(list(root.resolve("list_train.txt"), train));
        training.addAll(list(root.resolve("list_val.txt"), train));
        return new ReidDataset(
                name(),
                root,
                training,
                list(root.resolve("list_query.txt"), test),
                list(root.resolve("list_gallery.txt"), test));
    }

    private Path folder(Path root, List<String> names) {
        return names.stream()
                .map(root::resolve)
                .filter(Files::isDirectory)
                .findFirst()
                .orElseThrow(() -> new DatasetException(FileNames.text(root) + ": no folder "
                        + String.join(" or ", names) + " (" + name() + " has " + expects() + ")"));
    }

    private List<ReidImage> list(Path list, Path folder) throws IOException {
        DatasetException.check(Files.isRegularFile(list), "%s: no such file (%s has %s)", list, name(), expects());
        Interner<Path> folders = Interners.newStrongInterner();
        MissingImages missing = new MissingImages();
        List<ReidImage> images = new ArrayList<>();
        ListFile.read(list, (line, where) -> {
            ReidImage image = image(line, where, folder, folders);
            if (!Files.isRegularFile(image.path())) {
                missing.add(where, FileNames.text(image.path()));
            }
            images.add(image);
        });
        missing.check(images.size());
        return images;
    }

    private static ReidImage image(String line, String where, Path folder, Interner<Path> folders) {
        Matcher fields = LINE.matcher(line);
        DatasetException.check(fields.matches(), "%s: path and identity expected, found '%s'", where, line);
        Path file;
        try {
            file = FileNames.resolve(folder, fields.group(1)).normalize();
        } catch (InvalidPathException e) {
            throw new DatasetException(where + ": not a path: '" + fields.group(1) + "'", e);
        }
        String name = Folders.fileName(file);
        Matcher camera = CAMERA.matcher(name);
        DatasetException.check(
                camera.matches(), "%s: a camera expected in the third field of '%s'", where, fields.group(1));
        return new ReidImage(
                folders.intern(Folders.parent(file)),
                name,
                Integer.parseInt(fields.group(2)) + 1,
                Integer.parseInt(camera.group(1)));
    }

    @Override
    public List<PublishedCounts> published() {
        return List.of(new PublishedCounts(
                "MSMT17",
                new PublishedCounts.Split(32_621, 1_041),
                new PublishedCounts.Split(11_659, 3_060),
                new PublishedCounts.Split(82_161, 3_060)));
    }
}
