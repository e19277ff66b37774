package lab.disk;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a fault of a disk into a JVM, or takes it out.
 *
 *   folder/fault   kind, milliseconds, the folder of jars, and a line for each folder on the disk
 *   folder/seen    what was hit, as a line of JSON: the agent writes it
 *
 * It is loaded once for each change. Where there is a fault's file, the methods that write files get the gate;
 * where there is none, they become as they were.
 */
public final class Agent {
  private static final long REPORT_MS = 100;
  private static final String TRIED = ".kafka-failure-lab";

  private static ClassFileTransformer rewriter;
  /** Whose transformer it is: each loading of an agent has an Instrumentation of its own. */
  private static Instrumentation rewriting;
  /** The text of the agent's own try of the disk, as JSON; null until it ended. */
  private static volatile String tried;
  /** When the fault came or went, in milliseconds since 1970. */
  private static volatile long changedAt;

  private Agent() {}

  public static void premain(String folder, Instrumentation jvm) throws Exception {
    agentmain(folder, jvm);
  }

  public static synchronized void agentmain(String folder, Instrumentation jvm) throws Exception {
    File file = new File(folder, "fault");
    tried = null;
    if (file.exists()) put(read(file), Path.of(folder, "seen"), jvm);
    else take(Path.of(folder, "seen"));
  }

  private static void put(Gate.Fault fault, Path seen, Instrumentation jvm) throws Exception {
    Gate.onFirst = () -> report(seen);
    Gate.put(fault);
    if (rewriter == null) {
      rewriter = newRewriter(fault.jars);
      rewriting = jvm;
      rewriting.addTransformer(rewriter, true);
      retransform(rewriting);
    }
    changedAt = System.currentTimeMillis();
    inBackground("try", () -> tryAll(fault, seen));
    inBackground("report", () -> follow(fault, seen));
  }

  private static void take(Path seen) throws Exception {
    Gate.onFirst = null;
    report(seen); // with the counts
    String[] folders = Gate.folders();
    Gate.clear();
    long gone = Gate.goneAt();
    changedAt = gone == 0 ? System.currentTimeMillis() : gone;
    if (rewriter != null) {
      rewriting.removeTransformer(rewriter);
      rewriter = null;
      retransform(rewriting);
    }
    for (String folder : folders) tryOne(folder, false);
    report(seen);
  }

  private static void retransform(Instrumentation jvm) throws Exception {
    jvm.retransformClasses(
        Class.forName("sun.nio.ch.FileChannelImpl"), java.io.FileOutputStream.class, RandomAccessFile.class);
  }

  /** In a loader of its own: the program may have another ASM on its class path. */
  private static ClassFileTransformer newRewriter(String folder) throws Exception {
    URL[] jars = {
      new File(folder, "rewriter.jar").toURI().toURL(), new File(folder, "asm.jar").toURI().toURL(),
    };
    ClassLoader own = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader());
    return (ClassFileTransformer) Class.forName("lab.disk.Rewriter", true, own).getConstructor().newInstance();
  }

  private static Gate.Fault read(File file) throws IOException {
    List<String> lines = Files.readAllLines(file.toPath(), StandardCharsets.UTF_8);
    String[] folders = lines.subList(3, lines.size()).toArray(new String[0]);
    return new Gate.Fault(file, lines.get(0), Long.parseLong(lines.get(1)), lines.get(2), folders);
  }

  /** Uses the disk as the broker does, so that the fault is known to act before anybody relies on it. */
  private static void tryAll(Gate.Fault fault, Path seen) {
    Gate.own = Thread.currentThread();
    for (String folder : fault.folders)
      if (fault.kind.equals("forgetful")) tryForced(folder, fault);
      else tryOne(folder, fault.kind.equals("full"));
    report(seen);
  }

  private static void tryOne(String folder, boolean isWrite) {
    long began = System.nanoTime();
    String failure = null;
    try {
      if (isWrite) writeIn(folder);
      else force(folder);
    } catch (IOException e) {
      failure = e.getMessage();
    }
    double tookMs = (System.nanoTime() - began) / 1e6;
    tried = "{\"tookMs\":" + tookMs + (failure == null ? "" : ",\"failure\":" + quoted(failure)) + "}";
  }

  /** Writes a byte, and looks how much of the file is known to be forced. */
  private static void tryForced(String folder, Gate.Fault fault) {
    long began = System.nanoTime();
    String found;
    try {
      writeIn(folder);
      found = fault.journal.keptOf(Path.of(folder, TRIED).toString()) + " of 1 bytes are forced";
    } catch (IOException e) {
      found = e.getMessage();
    }
    tried = "{\"tookMs\":" + (System.nanoTime() - began) / 1e6 + ",\"failure\":" + quoted(found) + "}";
  }

  private static void writeIn(String folder) throws IOException {
    Path file = Path.of(folder, TRIED);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE)) {
      channel.write(ByteBuffer.allocate(1));
    }
  }

  private static void force(String folder) throws IOException {
    try (FileChannel channel = FileChannel.open(Path.of(folder), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** Reports what has changed, as long as the fault is there. */
  private static void follow(Gate.Fault fault, Path seen) {
    String last = "";
    while (Gate.is(fault) && !Gate.isGone(fault)) {
      String now = text();
      if (!now.equals(last)) report(seen);
      last = now;
      try {
        Thread.sleep(REPORT_MS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static String text() {
    String first = Gate.first;
    return "{\"atMs\":" + changedAt + ",\"waiting\":" + Gate.waiting + ",\"waited\":" + Gate.waited + ",\"failed\":" + Gate.failed
        + (first == null ? "" : ",\"first\":" + quoted(first) + ",\"firstAtMs\":" + Gate.firstAt)
        + (tried == null ? "" : ",\"tried\":" + tried) + "}\n";
  }

  /** As a whole, so that nobody reads half of it. */
  private static synchronized void report(Path seen) {
    try {
      Path part = seen.resolveSibling("seen.part");
      Files.writeString(part, text());
      Files.move(part, seen, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // the lab's folder is gone, and the lab with it
    }
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char one : text.toCharArray())
      if (one == '"' || one == '\\') json.append('\\').append(one);
      else if (one < ' ') json.append(' ');
      else json.append(one);
    return json.append('"').toString();
  }

  private static void inBackground(String name, Runnable run) {
    Thread thread = new Thread(run, "kafka-failure-lab-disk-" + name);
    thread.setDaemon(true);
    thread.start();
  }
}
