import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Walks a browser through a running {@code ./demo --jenkins} and keeps what it sees. Speaks WebDriver, needs no library. */
public final class Screenshots {
    private static final Pattern VALUE = Pattern.compile("\"value\":\"([^\"]*)\"");
    private final HttpClient http = HttpClient.newHttpClient();
    private final String jenkins;
    private final Path images;
    private String session;

    private Screenshots(String jenkins, Path images) {
        this.jenkins = jenkins;
        this.images = images;
    }

    /** Arguments: chromedriver's address, a directory for the browser, Jenkins' root address, where the pictures go. */
    public static void main(String[] args) throws Exception {
        Screenshots walk = new Screenshots(args[2], Path.of(args[3]));
        walk.open(args[0], args[1]);
        try {
            walk.walk();
        } finally {
            walk.call("DELETE", "", null);
        }
    }

    private void walk() throws Exception {
        go("login");
        run("document.querySelector('[name=j_username]').value='admin';"
                + "document.querySelector('[name=j_password]').value='demo';"
                + "document.querySelector('[name=j_username]').form.submit()");
        Thread.sleep(3000);
        size(1280, 620);
        go("dedalus/");
        picture("dashboard");
        String preview = run("return document.querySelector('#previews tbody tr').id");
        size(1280, 760);
        go("dedalus/preview/" + preview + "/");
        picture("preview");
        size(1280, 900);
        go("job/guestbook/job/pr-1/lastBuild/");
        picture("build");
        go("job/guestbook/job/pr-1/");
        picture("job");
        size(1280, 1600);
        go("manage/configure");
        run("var all = Array.from(document.querySelectorAll('.jenkins-section__title'));"
                + "var ours = all.find(e => e.textContent.trim().startsWith('Dedalus'));"
                + "if (ours) { ours.scrollIntoView(); window.scrollBy(0, -80); }");
        Thread.sleep(1500);
        picture("configuration");
        size(1280, 620);
        go("dedalus/open/" + preview + "/");
        Thread.sleep(4000);
        picture("opened");
        withoutPublicAddress(preview);
    }

    /** The page that wakes is there only where previews have no address of their own. The demo doesn't get it back. */
    private void withoutPublicAddress(String preview) throws Exception {
        go("dedalus/preview/" + preview + "/");
        run("document.querySelector('button[name=sleep]').click()");
        Thread.sleep(4000);
        run("var body = new URLSearchParams();"
                + "body.set('script', 'def c = io.jenkins.plugins.dedalus.config.DedalusGlobalConfiguration.get();"
                + " c.viewerAccess = null; c.listener = null; c.publicUrl = null; c.save()');"
                + "var head = document.head.dataset;"
                + "return fetch(head.rooturl + '/scriptText', {method: 'POST', body: body,"
                + " headers: {[head.crumbHeader]: head.crumbValue}}).then(answer => answer.text())");
        size(1280, 560);
        go("dedalus/open/" + preview + "/");
        picture("open");
    }

    private void open(String driver, String profile) throws Exception {
        session = driver + "/session";
        String flags = String.join(
                "\",\"",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--user-data-dir=" + profile);
        String answer = call(
                "POST",
                "",
                "{\"capabilities\":{\"alwaysMatch\":{\"browserName\":\"chrome\",\"goog:chromeOptions\":{\"args\":[\""
                        + flags + "\"]}}}}");
        Matcher id = Pattern.compile("\"sessionId\":\"([^\"]+)\"").matcher(answer);
        if (!id.find()) {
            throw new IOException("The browser did not start: " + answer);
        }
        session = session + "/" + id.group(1);
    }

    private void go(String path) throws Exception {
        call("POST", "/url", "{\"url\":\"" + jenkins + path + "\"}");
        Thread.sleep(1500);
    }

    private void size(int width, int height) throws Exception {
        call("POST", "/window/rect", "{\"width\":" + width + ",\"height\":" + height + "}");
    }

    private String run(String script) throws Exception {
        String answer = call("POST", "/execute/sync", "{\"script\":\"" + script + "\",\"args\":[]}");
        Matcher value = VALUE.matcher(answer);
        return value.find() ? value.group(1) : null;
    }

    private void picture(String name) throws Exception {
        Matcher value = VALUE.matcher(call("GET", "/screenshot", null));
        if (!value.find()) {
            throw new IOException("No picture of " + name + ".");
        }
        Files.createDirectories(images);
        Files.write(images.resolve(name + ".png"), Base64.getDecoder().decode(value.group(1)));
        System.out.println(images.resolve(name + ".png"));
    }

    private String call(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(session + path))
                .header("Content-Type", "application/json")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(method + " " + path + " answered " + answer.statusCode() + ": " + answer.body());
        }
        return answer.body();
    }
}
