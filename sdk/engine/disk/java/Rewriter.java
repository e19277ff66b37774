package lab.disk;

import java.lang.instrument.ClassFileTransformer;
import java.security.ProtectionDomain;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Puts a call of the gate at the beginning of each method that writes or forces a file, and at the end of one
 * that forces.
 *
 * The call has no branch and leaves nothing on the stack, so the methods' frames stay as they are.
 */
public final class Rewriter implements ClassFileTransformer {
  static final String CHANNEL = "sun/nio/ch/FileChannelImpl";
  static final String STREAM = "java/io/FileOutputStream";
  static final String RANDOM = "java/io/RandomAccessFile";

  @Override
  public byte[] transform(
      Module module, ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] bytes) {
    if (!CHANNEL.equals(name) && !STREAM.equals(name) && !RANDOM.equals(name)) return null;
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new Gated(writer, name), 0);
    return writer.toByteArray();
  }

  private static final class Gated extends ClassVisitor {
    private final String owner;

    Gated(ClassVisitor next, String owner) {
      super(Opcodes.ASM9, next);
      this.owner = owner;
    }

    @Override
    public MethodVisitor visitMethod(int access, String name, String form, String signature, String[] thrown) {
      MethodVisitor next = super.visitMethod(access, name, form, signature, thrown);
      String gate = gateOf(access, name);
      if (gate == null) return next;
      return new MethodVisitor(Opcodes.ASM9, next) {
        @Override
        public void visitCode() {
          super.visitCode();
          pass(gate);
        }

        @Override
        public void visitInsn(int code) {
          if (code == Opcodes.RETURN && gate.equals("force")) pass("forced");
          super.visitInsn(code);
        }

        private void pass(String which) {
          visitVarInsn(Opcodes.ALOAD, 0);
          visitFieldInsn(Opcodes.GETFIELD, owner, "path", "Ljava/lang/String;");
          visitMethodInsn(Opcodes.INVOKESTATIC, "lab/disk/Gate", which, "(Ljava/lang/String;)V", false);
        }
      };
    }

    /** Which gate a method passes; null for none. Methods in native code have no beginning. */
    private String gateOf(int access, String name) {
      boolean isPublic = (access & Opcodes.ACC_PUBLIC) != 0;
      if (!isPublic || (access & (Opcodes.ACC_STATIC | Opcodes.ACC_NATIVE)) != 0) return null;
      if (name.equals("write") || name.equals("transferFrom")) return "write";
      return name.equals("force") && owner.equals(CHANNEL) ? "force" : null;
    }
  }
}
