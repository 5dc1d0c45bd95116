#ifndef FAULTY_DISK_H
#define FAULTY_DISK_H

#include <stdint.h>

/// Makes a program's disk slow, full or read-only, as often as somebody else likes while it runs.
///
/// Preloaded (`LD_PRELOAD`) into a program whose environment names a file in `FAULTY_DISK`, it stands between the
/// program and the C library where regular files are written and synchronised. Whoever changes the word in the file
/// changes the disk. What is refused is refused as the kernel does it: nothing is written, and `errno` says why.
struct faulty_disk {
    /// `g`: good. `f`: writes fail with ENOSPC. `r`: they and opening for writing fail with EROFS, as on a file system
    /// that Linux made read-only after an error. `s` and milliseconds, such as `s250`: each synchronisation takes that much longer.
    volatile char word[8];
    /// How many calls were refused or made slow so far, in all programs together.
    uint64_t felt;
};

#endif
