package io.github.mgn4j.gallery;

import static io.github.mgn4j.gallery.GalleryException.check;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens the files of a gallery's folder, and removes those that are no longer needed. */
final class GalleryFolder {
    private static final int RETRIES = 20;

    private GalleryFolder() {}

    /** Opens the current generation for reading, which a writer may replace meanwhile. */
    static Store read(Path folder) throws IOException {
        for (int i = 0; ; i++) {
            Manifest manifest = Manifest.read(folder);
            try {
                return Store.open(folder, manifest, false);
            } catch (NoSuchFileException e) {
                if (i == RETRIES || manifest.equals(Manifest.read(folder))) {
                    throw missing(folder, e);
                }
            }
        }
    }

    private static GalleryException missing(Path folder, NoSuchFileException e) {
        return GalleryException.of(
                "%s: is damaged: %s is missing", folder, Path.of(e.getFile()).getFileName());
    }

    /**
     * Opens or creates the files for writing; the caller has locked the folder.
     *
     * @param wanted the gallery to create if there is none, else what it must be like; null for any that is there
     */
    static Store write(Path folder, @Nullable Manifest wanted) throws IOException {
        if (wanted != null && !Files.exists(Manifest.in(folder))) {
            checkUnused(folder, wanted);
            return Store.create(folder, wanted);
        }
        Manifest manifest = Manifest.read(folder);
        if (wanted != null) {
            checkLike(folder, manifest, wanted);
        }
        removeOthers(folder, manifest);
        try {
            return Store.open(folder, manifest, true);
        } catch (NoSuchFileException e) {
            throw missing(folder, e);
        }
    }

    private static void checkLike(Path folder, Manifest manifest, Manifest wanted) {
        check(
                wanted.dims() == manifest.dims(),
                "%s: holds features of %d dims, found %d",
                folder,
                manifest.dims(),
                wanted.dims());
        check(
                wanted.metric() == manifest.metric(),
                "%s: has the metric %s, found %s",
                folder,
                manifest.metric(),
                wanted.metric());
    }

    /** Checks that a folder holds nothing but what a killed creation left behind, which had no commit. */
    private static void checkUnused(Path folder, Manifest manifest) throws IOException {
        Path log = manifest.log(folder);
        check(
                !Files.exists(log) || Files.size(log) <= EntryLog.START,
                "%s: is damaged: it holds entries, but %s is missing; restore the folder from a copy",
                folder,
                Manifest.in(folder).getFileName());
        List<String> ours = names(manifest, folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                check(
                        name.startsWith(".") || ours.contains(name),
                        "%s: holds '%s' and no gallery, expected an empty folder or a new one",
                        folder,
                        name);
            }
        }
    }

    private static List<String> names(Manifest manifest, Path folder) {
        return List.of(
                String.valueOf(manifest.log(folder).getFileName()),
                String.valueOf(manifest.features(folder).getFileName()),
                String.valueOf(manifest.index(folder).getFileName()),
                String.valueOf(manifest.snapshot(folder).getFileName()));
    }

    /** Removes the files of other generations, which a killed compaction left behind. */
    static void removeOthers(Path folder, Manifest manifest) throws IOException {
        List<String> current = names(manifest, folder);
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, "{entries,features,index,snapshot}-*.{log,bin}")) {
            for (Path file : files) {
                if (!current.contains(String.valueOf(file.getFileName()))) {
                    removeQuietly(file);
                }
            }
        }
    }

    static void removeQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // Windows keeps what a reader has mapped; the next writer tries again. A folder may have got other files.
        }
    }
}
