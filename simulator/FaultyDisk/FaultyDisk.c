#ifdef __linux__
#define _GNU_SOURCE
#include "FaultyDisk.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static struct faulty_disk *disk;

__attribute__((constructor)) static void find_disk(void) {
    const char *path = getenv("FAULTY_DISK");
    int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, sizeof *disk, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) disk = page;
    close(file);
}

static void feel(void) { __atomic_add_fetch(&disk->felt, 1, __ATOMIC_RELAXED); }

/// The error that writing to a descriptor runs into; 0 for none. Sockets and pipes are on no disk.
static int refusal(int file) {
    struct stat status;
    char word = disk ? disk->word[0] : 'g';
    if ((word != 'f' && word != 'r') || fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return 0;
    feel();
    return word == 'f' ? ENOSPC : EROFS;
}

static void delay(void) {
    if (!disk || disk->word[0] != 's') return;
    long milliseconds = atol((const char *)disk->word + 1);
    struct timespec rest = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    feel();
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR) {}
}

/// The C library's own function of the same name.
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/// Stands in for a function that writes to `file`.
#define WRITES(result, name, parameters, arguments) \
    result name parameters { \
        static __typeof__(&name) real; \
        if (!real) real = REAL(name); \
        int error = refusal(file); \
        if (error == 0) return real arguments; \
        errno = error; \
        return -1; \
    }

/// Stands in for a function that waits until `file` is safe.
#define SYNCHRONISES(name) \
    int name(int file) { \
        static __typeof__(&name) real; \
        if (!real) real = REAL(name); \
        delay(); \
        return real(file); \
    }

WRITES(ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count))
WRITES(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t at), (file, bytes, count, at))
WRITES(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t at), (file, bytes, count, at))
WRITES(ssize_t, pwritev, (int file, const struct iovec *parts, int count, off_t at), (file, parts, count, at))
WRITES(int, ftruncate, (int file, off_t length), (file, length))
WRITES(int, ftruncate64, (int file, off64_t length), (file, length))
SYNCHRONISES(fsync)
SYNCHRONISES(fdatasync)

/// Stands in for a function that opens a file; on a read-only disk, none is opened for writing.
#define OPENS(name) \
    int name(const char *path, int flags, ...) { \
        static __typeof__(&name) real; \
        if (!real) real = REAL(name); \
        va_list rest; \
        va_start(rest, flags); \
        mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0; \
        va_end(rest); \
        int writes = (flags & O_ACCMODE) != O_RDONLY && strncmp(path, "/dev/", 5) != 0; \
        if (!writes || !disk || disk->word[0] != 'r') return real(path, flags, mode); \
        feel(); \
        errno = EROFS; \
        return -1; \
    }

OPENS(open)
OPENS(open64)

/// This one answers with its error.
int posix_fallocate(int file, off_t at, off_t length) {
    int error = refusal(file);
    return error != 0 ? error : REAL(posix_fallocate)(file, at, length);
}
#else
// Other systems have no such preloading; a file of C needs a declaration.
typedef int faulty_disk_is_for_linux;
#endif
