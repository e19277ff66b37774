// For user-mode Linux 6.1 on processors with AMX: it keeps 2,696 bytes of a process's extended registers
// (HOST_FP_SIZE in arch/x86/um/shared/sysdep/ptrace.h), and since 5.14 the host's kernel takes the whole area
// only (xstateregs_set), 11,008 bytes there. Preloaded, this fills in what the guest does not keep.
//
//   guest ── SETREGSET, 2,696 bytes ──▶ this: the process's own area, those bytes over it ──▶ SETREGSET, whole

#define _GNU_SOURCE
#include <cpuid.h>
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

enum { MOST = 65536, HEADER = 512 };
// x87, SSE, AVX, AVX-512 and protection keys: what lies in the bytes that the guest keeps
static const uint64_t KEPT = 0x2e7;

static long (*real)(enum __ptrace_request, ...);
static unsigned size;
static unsigned char area[MOST] __attribute__((aligned(64)));

__attribute__((constructor)) static void begin(void) {
  unsigned a, b, c, d;
  real = (long (*)(enum __ptrace_request, ...))dlsym(RTLD_NEXT, "ptrace");
  if (__get_cpuid_count(0xd, 0, &a, &b, &c, &d) && b <= MOST) size = b;
}

long ptrace(enum __ptrace_request request, ...) {
  va_list args;
  va_start(args, request);
  pid_t pid = va_arg(args, pid_t);
  void *address = va_arg(args, void *);
  void *data = va_arg(args, void *);
  va_end(args);
  struct iovec *given = data;
  if (request != PTRACE_SETREGSET || (long)address != NT_X86_XSTATE || given->iov_len >= size)
    return real(request, pid, address, data);
  struct iovec whole = {area, size};
  long failed = real(PTRACE_GETREGSET, pid, address, &whole);
  if (failed != 0) return failed;
  memcpy(area, given->iov_base, given->iov_len);
  uint64_t features;
  memcpy(&features, area + HEADER, sizeof features);
  features &= KEPT;
  memcpy(area + HEADER, &features, sizeof features);
  whole.iov_len = size;
  return real(PTRACE_SETREGSET, pid, address, &whole);
}
