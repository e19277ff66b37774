package lab.disk;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Every write and every fsync of the JVM passes here while a fault of a disk acts.
 *
 * It lies on the boot class path, because classes of java.base call it, and uses nothing but java.base. The
 * fault's file is the truth: once it is removed, nothing waits and nothing fails, whoever removed it.
 */
public final class Gate {
  /** What is wrong with a disk. */
  static final class Fault {
    final java.io.File file;
    final String kind;
    final long addsMs;
    /** Where the agent's jars are. */
    final String jars;
    final String[] folders;
    /** Of a disk that forgets. */
    final Journal journal;

    Fault(java.io.File file, String kind, long addsMs, String jars, String[] folders) {
      this.file = file;
      this.kind = kind;
      this.addsMs = addsMs;
      this.jars = jars;
      this.folders = folders;
      this.journal = new Journal(new java.io.File(file.getParentFile(), "journal"));
    }

    boolean isMeant(String path) {
      if (path == null) return false; // opened by its descriptor: standard output
      for (String folder : folders)
        if (path.startsWith(folder) && (path.length() == folder.length() || path.charAt(folder.length()) == '/'))
          return true;
      return false;
    }
  }

  private static final long LOOK_MS = 10;
  private static final long TELL_MS = 2_000;

  static final AtomicLong waiting = new AtomicLong();
  static final AtomicLong waited = new AtomicLong();
  static final AtomicLong failed = new AtomicLong();
  /** The first file that was hit, and when, in milliseconds since 1970. */
  static volatile String first;
  static volatile long firstAt;
  /** When the fault's file was first seen to be gone, in milliseconds since 1970; 0 where it is there. */
  private static final AtomicLong gone = new AtomicLong();
  /** Called at the first hit, in the thread that was hit. */
  static volatile Runnable onFirst;
  /** Open when it has returned: a hit that follows may end the process, and what was seen would be unknown. */
  private static volatile CountDownLatch told = new CountDownLatch(1);

  /** The agent's own thread: what it meets is its proof, and no write of the program. */
  static volatile Thread own;

  private static volatile Fault fault;

  private Gate() {}

  static void put(Fault next) {
    first = null;
    firstAt = 0;
    gone.set(0);
    waited.set(0);
    failed.set(0);
    told = new CountDownLatch(1);
    fault = next;
  }

  static boolean is(Fault one) {
    return fault == one;
  }

  static String[] folders() {
    Fault now = fault;
    return now == null ? new String[0] : now.folders;
  }

  /**
   * Whether the fault acts no more; says since when it is known. Whoever waited is let through only after
   * that, so that nothing that follows from it comes before.
   */
  static boolean isGone(Fault now) {
    if (now.file.exists()) return false;
    gone.compareAndSet(0, System.currentTimeMillis());
    return true;
  }

  static long goneAt() {
    return gone.get();
  }

  /** The counts stay until the next fault. */
  static void clear() {
    fault = null;
  }

  /** Before bytes are written to a file. */
  public static void write(String path) throws IOException {
    Fault now = fault;
    if (now != null && now.isMeant(path)) meet(now, path, true);
  }

  /** Before a file is forced to the disk. */
  public static void force(String path) throws IOException {
    Fault now = fault;
    if (now != null && now.isMeant(path)) meet(now, path, false);
  }

  /** After a file was forced to the disk. */
  public static void forced(String path) throws IOException {
    Fault now = fault;
    if (now != null && now.kind.equals("forgetful") && now.isMeant(path)) now.journal.forced(path);
  }

  private static void meet(Fault now, String path, boolean isWrite) throws IOException {
    // what is written already has its space: a full disk can still be forced
    if (isGone(now) || (now.kind.equals("full") && !isWrite)) return;
    switch (now.kind) {
      case "forgetful":
        hit(path, waited);
        if (isWrite) now.journal.written(path);
        else now.journal.forcing(path);
        return;
      case "full":
        hit(path, failed);
        throw new IOException("No space left on device");
      case "failed":
        hit(path, failed);
        throw new IOException("Input/output error");
      default:
        hit(path, waited);
        hold(now);
    }
  }

  private static void hit(String path, AtomicLong count) {
    if (Thread.currentThread() == own) return;
    boolean isFirst = count.getAndIncrement() == 0;
    CountDownLatch open = told;
    if (!isFirst) {
      await(open);
      return;
    }
    firstAt = System.currentTimeMillis();
    first = path;
    try {
      Runnable tell = onFirst;
      if (tell != null) tell.run();
    } finally {
      open.countDown();
    }
  }

  private static void await(CountDownLatch open) {
    if (open.getCount() == 0) return;
    try {
      open.await(TELL_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A thread that waits for a disk cannot be interrupted; it notices the interruption afterwards. */
  private static void hold(Fault now) {
    boolean isInterrupted = false;
    long began = System.nanoTime();
    waiting.incrementAndGet();
    try {
      while (fault == now && !isGone(now)) {
        long left = now.kind.equals("slow") ? now.addsMs - (System.nanoTime() - began) / 1_000_000 : LOOK_MS;
        if (left <= 0) break;
        try {
          Thread.sleep(Math.min(left, LOOK_MS));
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
    } finally {
      waiting.decrementAndGet();
      if (isInterrupted) Thread.currentThread().interrupt();
    }
  }
}
