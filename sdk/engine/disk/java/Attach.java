package lab.disk;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Has a JVM load the agent: <code>Attach PID AGENT.JAR FOLDER [START]</code>. It speaks HotSpot's attach protocol
 * itself (src/hotspot/os/posix/attachListener_posix.cpp), because a Java runtime without the JDK's tools has
 * no module jdk.attach.
 *
 *   .attach_pidN in its working folder, SIGQUIT ─▶ the JVM listens at /tmp/.java_pidN ─▶ "load instrument …"
 */
public final class Attach {
  private static final long PATIENCE_MS = 20_000;

  private Attach() {}

  public static void main(String[] given) throws Exception {
    long pid = Long.parseLong(given[0]);
    if (given.length > 3 && !startOf(pid).equals(given[3])) return; // ended, and the number is another's
    Path socket = Path.of(temporary(), ".java_pid" + pid);
    boolean isOurs = !Files.exists(socket);
    if (isOurs) listen(pid, socket);
    String answer;
    try {
      long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
      for (;;) {
        answer = load(socket, given[1] + "=" + given[2]);
        if (!isTooEarly(answer) || System.nanoTime() > end) break;
        Thread.sleep(50);
      }
    } finally {
      if (isOurs) Files.deleteIfExists(socket); // a JVM that is killed would leave it; it makes another
    }
    if (!answer.startsWith("0\n") || answer.matches("(?s).*return code: (?!0\\b).*")) {
      System.err.println("the JVM refused the agent: " + answer.strip().replace('\n', ' '));
      System.exit(3);
    }
  }

  /**
   * A JVM that has just been started listens before its module layer is there (Modules.loadModule asks
   * ModuleLayer.boot(), which is null until then): its answer is a NullPointerException.
   */
  private static boolean isTooEarly(String answer) {
    return answer.startsWith("-1\n") && answer.contains("NullPointerException");
  }

  /** The JVM's own folder: TMPDIR does not change it on Linux. */
  private static String temporary() {
    return System.getProperty("os.name").startsWith("Mac") ? System.getProperty("java.io.tmpdir") : "/tmp";
  }

  /** The 22nd field of a process's stat file; the second, its name, may have spaces. */
  private static String startOf(long pid) throws IOException {
    Path stat = Path.of("/proc/" + pid + "/stat");
    if (!Files.exists(stat)) return "";
    String text = Files.readString(stat, StandardCharsets.ISO_8859_1);
    return text.substring(text.lastIndexOf(')') + 2).split(" ")[19];
  }

  private static void listen(long pid, Path socket) throws Exception {
    Path trigger = Path.of("/proc/" + pid + "/cwd/.attach_pid" + pid);
    try {
      Files.createFile(trigger);
    } catch (IOException e) {
      trigger = Files.createFile(Path.of(temporary(), ".attach_pid" + pid));
    }
    try {
      long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
      quit(pid);
      for (int looks = 0; !Files.exists(socket); looks++) {
        if (System.nanoTime() > end) throw new IOException("the JVM " + pid + " does not listen for agents");
        Thread.sleep(10);
        if (looks % 100 == 99) quit(pid);
      }
    } finally {
      Files.deleteIfExists(trigger);
    }
  }

  private static void quit(long pid) throws Exception {
    new ProcessBuilder("/bin/sh", "-c", "kill -QUIT " + pid).inheritIO().start().waitFor();
  }

  private static String load(Path socket, String agent) throws IOException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      String order = "1\0load\0instrument\0false\0" + agent + "\0";
      channel.write(ByteBuffer.wrap(order.getBytes(StandardCharsets.UTF_8)));
      ByteBuffer answer = ByteBuffer.allocate(4096);
      while (answer.hasRemaining() && channel.read(answer) >= 0) {}
      return new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8);
    }
  }
}
