package lab.disk;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notes how much of each file was forced, in a file that outlives the process.
 *
 *   LENGTH PATH   so many bytes of the file are on the disk: what it had before its first write, and what it
 *                 had when a force began that has ended
 *
 * It lies on the boot class path as the gate does. Its own file is in no log directory.
 */
final class Journal {
  private final File file;
  private final Map<String, Long> kept = new ConcurrentHashMap<>();
  /** The length of the file that this thread forces now. */
  private final ThreadLocal<Long> asked = new ThreadLocal<>();
  private FileOutputStream out;

  Journal(File file) {
    this.file = file;
  }

  /** Before bytes are written: what the file has had before the first of them counts as forced. */
  void written(String path) throws IOException {
    if (kept.containsKey(path)) return;
    note(path, new File(path).length(), true);
  }

  /** Before a force: what is there now is on the disk when it has ended. */
  void forcing(String path) {
    asked.set(new File(path).length());
  }

  void forced(String path) throws IOException {
    Long length = asked.get();
    if (length == null) return; // it began before the fault
    asked.remove();
    if (!new File(path).isDirectory()) note(path, length, false);
  }

  /** How many bytes of a file are forced; -1 for one that nobody has written. */
  long keptOf(String path) {
    return kept.getOrDefault(path, -1L);
  }

  private synchronized void note(String path, long length, boolean isFirst) throws IOException {
    Long before = kept.get(path);
    if (before != null && (isFirst || before == length)) return;
    if (out == null) out = new FileOutputStream(file, true);
    out.write((length + " " + path + "\n").getBytes(StandardCharsets.UTF_8));
    kept.put(path, length);
  }
}
