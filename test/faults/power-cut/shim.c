/*
 * Preloaded into a process, it writes down every change that the process makes to files under
 * POWER_CUT_FOLDER, and every line it prints, in the order in which they took effect. Everything goes
 * through raw system calls, so that nothing here is seen by itself.
 *
 * A record is: u8 what, i32 descriptor, u64 place, u32 length, then `length` bytes.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define DESCRIPTORS 1024
#define LOG_DESCRIPTOR 1000

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static size_t folder_length;
static int log_descriptor = -1;
/* Closing is not always seen, so a descriptor counts only while it is still the same file. */
static struct { int watched; dev_t device; ino_t inode; } table[DESCRIPTORS];

__attribute__((constructor)) static void begin(void) {
  const char *log = getenv("POWER_CUT_LOG");
  folder = getenv("POWER_CUT_FOLDER");
  if (!log || !folder) abort();
  folder_length = strlen(folder);
  int opened = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  log_descriptor = syscall(SYS_fcntl, opened, F_DUPFD_CLOEXEC, LOG_DESCRIPTOR);
  syscall(SYS_close, opened);
  if (log_descriptor < 0) abort();
}

static void record(char what, int descriptor, uint64_t place, const void *bytes, uint32_t length) {
  char head[17];
  int32_t fd = descriptor;
  head[0] = what;
  memcpy(head + 1, &fd, 4);
  memcpy(head + 5, &place, 8);
  memcpy(head + 13, &length, 4);
  struct iovec parts[2] = {{head, sizeof head}, {(void *)bytes, length}};
  if (syscall(SYS_writev, log_descriptor, parts, length ? 2 : 1) != (long)(sizeof head + length)) abort();
}

static int inside(const char *path) {
  /* The loader opens files before begin() has run. */
  return folder && strncmp(path, folder, folder_length) == 0 && (path[folder_length] == '/' || path[folder_length] == 0);
}

static int watched(int fd) {
  struct stat now;
  if (fd < 0 || fd >= DESCRIPTORS || !table[fd].watched) return 0;
  if (fstat(fd, &now) == 0 && now.st_dev == table[fd].device && now.st_ino == table[fd].inode) return 1;
  table[fd].watched = 0;
  return 0;
}

static void record_paths(char what, const char *from, const char *to) {
  char both[8192];
  size_t first = strlen(from) + 1, second = strlen(to);
  if (first + second > sizeof both) abort();
  memcpy(both, from, first);
  memcpy(both + first, to, second);
  record(what, -1, 0, both, first + second);
}

static int open_logged(const char *path, int flags, mode_t mode) {
  if (!inside(path)) return syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  pthread_mutex_lock(&order);
  int existed = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) == 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= DESCRIPTORS) abort();
  if (fd >= 0) {
    struct stat now;
    if (fstat(fd, &now) != 0) abort();
    table[fd].watched = 1;
    table[fd].device = now.st_dev;
    table[fd].inode = now.st_ino;
    char what = S_ISDIR(now.st_mode) ? 'D' : existed ? 'o' : 'O';
    record(what, fd, 0, path, strlen(path));
    if (existed && (flags & O_TRUNC)) record('T', fd, 0, NULL, 0);
  }
  pthread_mutex_unlock(&order);
  return fd;
}

#define OPEN(name)                                 \
  int name(const char *path, int flags, ...) {     \
    va_list more;                                  \
    va_start(more, flags);                         \
    mode_t mode = va_arg(more, int);               \
    va_end(more);                                  \
    return open_logged(path, flags, mode);         \
  }
OPEN(open)
OPEN(open64)
int __open_2(const char *path, int flags) { return open_logged(path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_logged(path, flags, 0); }

int close(int fd) {
  if (fd >= 0 && fd < DESCRIPTORS) table[fd].watched = 0;
  return syscall(SYS_close, fd);
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t place, int placed) {
  if (fd != STDOUT_FILENO && !watched(fd))
    return placed ? syscall(SYS_pwrite64, fd, bytes, length, place) : syscall(SYS_write, fd, bytes, length);
  pthread_mutex_lock(&order);
  off_t before = placed ? place : lseek(fd, 0, SEEK_CUR);
  if (!placed && fd != STDOUT_FILENO && (syscall(SYS_fcntl, fd, F_GETFL) & O_APPEND)) before = lseek(fd, 0, SEEK_END);
  ssize_t wrote = placed ? syscall(SYS_pwrite64, fd, bytes, length, place) : syscall(SYS_write, fd, bytes, length);
  if (wrote > 0) record(fd == STDOUT_FILENO ? 'P' : 'W', fd, before < 0 ? 0 : before, bytes, wrote);
  pthread_mutex_unlock(&order);
  return wrote;
}

ssize_t write(int fd, const void *bytes, size_t length) { return write_at(fd, bytes, length, 0, 0); }
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t place) { return write_at(fd, bytes, length, place, 1); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t place) { return write_at(fd, bytes, length, place, 1); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
  if (fd != STDOUT_FILENO && !watched(fd)) return syscall(SYS_writev, fd, parts, count);
  ssize_t all = 0;
  for (int n = 0; n < count; n += 1) {
    ssize_t wrote = write_at(fd, parts[n].iov_base, parts[n].iov_len, 0, 0);
    if (wrote < 0) return all > 0 ? all : wrote;
    all += wrote;
    if ((size_t)wrote < parts[n].iov_len) break;
  }
  return all;
}

static int truncate_logged(int fd, off_t length) {
  if (!watched(fd)) return syscall(SYS_ftruncate, fd, length);
  pthread_mutex_lock(&order);
  int answer = syscall(SYS_ftruncate, fd, length);
  if (answer == 0) record('T', fd, length, NULL, 0);
  pthread_mutex_unlock(&order);
  return answer;
}

int ftruncate(int fd, off_t length) { return truncate_logged(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_logged(fd, length); }

static int sync_logged(long call, int fd) {
  if (!watched(fd)) return syscall(call, fd);
  pthread_mutex_lock(&order);
  int answer = syscall(call, fd);
  if (answer == 0) record('S', fd, 0, NULL, 0);
  pthread_mutex_unlock(&order);
  return answer;
}

int fsync(int fd) { return sync_logged(SYS_fsync, fd); }
int fdatasync(int fd) { return sync_logged(SYS_fdatasync, fd); }

static int named_logged(char what, long answer, const char *from, const char *to) {
  if (answer == 0 && (inside(from) || inside(to))) record_paths(what, from, to);
  pthread_mutex_unlock(&order);
  return answer;
}

int rename(const char *from, const char *to) {
  pthread_mutex_lock(&order);
  return named_logged('R', syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0), from, to);
}

int link(const char *from, const char *to) {
  pthread_mutex_lock(&order);
  return named_logged('L', syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0), from, to);
}

int unlink(const char *path) {
  pthread_mutex_lock(&order);
  return named_logged('U', syscall(SYS_unlinkat, AT_FDCWD, path, 0), path, "");
}

int unlinkat(int at, const char *path, int flags) {
  pthread_mutex_lock(&order);
  return named_logged('U', syscall(SYS_unlinkat, at, path, flags), path, "");
}

int remove(const char *path) {
  struct stat now;
  if (lstat(path, &now) == 0 && S_ISDIR(now.st_mode)) return rmdir(path);
  return unlink(path);
}

int mkdir(const char *path, mode_t mode) {
  pthread_mutex_lock(&order);
  return named_logged('M', syscall(SYS_mkdirat, AT_FDCWD, path, mode), path, "");
}
