/* What every system may do and hardly ever does: each read and write takes half of what it is given, and every third is
   interrupted by a signal before it has taken anything. Loaded before the system's library; says at the end how often. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static int calls;

static int is_interrupted(void) {
    if (__atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED) % 3) return 0;
    errno = EINTR;
    return 1;
}

static size_t half(size_t size) { return size > 1 ? size / 2 : size; }

#define REAL(name) __typeof__(name) *real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t read(int file, void *bytes, size_t size) {
    REAL(read);
    return is_interrupted() ? -1 : real(file, bytes, half(size));
}

ssize_t write(int file, const void *bytes, size_t size) {
    REAL(write);
    return is_interrupted() ? -1 : real(file, bytes, half(size));
}

ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t size, unsigned flags) {
    REAL(copy_file_range);
    return real(from, from_at, to, to_at, half(size), flags);
}

__attribute__((destructor)) static void tell(void) { dprintf(2, "%d calls were short\n", calls); }
