package io.github.mgn4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The BOM has no parent, and so its own copy of the versions: it must be that of the build, which the tests ran with. */
class BomTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern PROPERTY = Pattern.compile("\\$\\{(.*)}");

    @Test
    void theVersionsAreThoseOfTheBuild() throws Exception {
        Map<String, String> build = managed(ROOT.resolve("pom.xml"));
        Map<String, String> bom = managed(ROOT.resolve("mgn-bom/pom.xml"));
        assertThat(bom).containsKeys("io.github.mgn4j:mgn-samediff", "org.bytedeco:dnnl", "commons-io:commons-io");
        bom.forEach((name, version) -> {
            String expected = build.get(name.replace("onnxruntime_gpu", "${onnxruntime.artifact}")
                    .replaceFirst("onnxruntime$", "\\${onnxruntime.artifact}"));
            assertThat(version).as(name).isEqualTo(expected);
        });
    }

    /** Versions by group and artifact; those with a classifier have the same. */
    private static Map<String, String> managed(Path pom) throws Exception {
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
        Element management =
                (Element) document.getElementsByTagName("dependencyManagement").item(0);
        NodeList dependencies = management.getElementsByTagName("dependency");
        Map<String, String> versions = new LinkedHashMap<>();
        for (int i = 0; i < dependencies.getLength(); i++) {
            Element dependency = (Element) dependencies.item(i);
            String name = text(dependency, "groupId") + ":" + text(dependency, "artifactId");
            String version = resolved(document, text(dependency, "version"));
            assertThat(versions.getOrDefault(name, version)).as(name).isEqualTo(version);
            versions.put(name, version);
        }
        return versions;
    }

    private static String resolved(Document document, String version) {
        Matcher property = PROPERTY.matcher(version);
        if (!property.matches() || property.group(1).equals("project.version")) {
            return version;
        }
        return text(document.getDocumentElement(), property.group(1));
    }

    private static String text(Element parent, String tag) {
        return parent.getElementsByTagName(tag).item(0).getTextContent();
    }
}
