/* The object that is bound here is cmocka's own, which every machine that runs this has. */
#include "base/mem.h"
#include "runtime/open/bind.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cmocka.h>

static char *read_object(size_t *len)
{
    Dl_info info;
    struct stat st;

    assert_true(dladdr(dlsym(RTLD_DEFAULT, "_cmocka_run_group_tests"), &info));
    int fd = open(info.dli_fname, O_RDONLY);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    *len = (size_t)st.st_size;
    char *bytes = cpm_alloc(*len);
    assert_int_equal(read(fd, bytes, *len), *len);
    close(fd);
    return bytes;
}

static void *load(const char *bytes, size_t len)
{
    char path[] = "/tmp/cpm-bind-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    close(fd);
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    unlink(path);
    return handle;
}

static uint64_t entry(const struct link_map *map, int64_t tag)
{
    for (const ElfW(Dyn) *at = map->l_ld; at->d_tag != DT_NULL; at++)
        if (at->d_tag == tag)
            return at->d_un.d_val;
    return 0;
}

/* Calls of its own functions that the linker need not look up. */
static size_t bound_calls(void *handle)
{
    struct link_map *map = NULL;
    size_t count = 0;

    assert_int_equal(dlinfo(handle, RTLD_DI_LINKMAP, &map), 0);
    const ElfW(Rela) *calls = (const ElfW(Rela) *)entry(map, DT_JMPREL);
    for (size_t i = 0; i < entry(map, DT_PLTRELSZ) / sizeof(*calls); i++)
        count += ELF64_R_TYPE(calls[i].r_info) == R_X86_64_RELATIVE;
    return count;
}

static void an_object_that_is_bound_loads_and_calls_its_own_functions_unasked(void **state)
{
    size_t len;
    char *bytes = read_object(&len);
    const struct cpm_bind bind = {.bytes = bytes, .len = len};

    (void)state;
    void *plain = load(bytes, len);
    assert_non_null(plain);
    assert_int_equal(bound_calls(plain), 0);
    assert_true(cpm_bind(&bind));
    void *bound = load(bytes, len);
    assert_non_null(bound);
    assert_true(bound_calls(bound) > 0);
    void (*set)(uint32_t) = (void (*)(uint32_t))dlsym(bound, "cmocka_set_message_output");
    assert_non_null(set);
    set(0);
    cpm_free(bytes);
}

static void what_is_bound_stays_as_it_is_when_it_is_bound_again(void **state)
{
    size_t len;
    char *bytes = read_object(&len), *once;
    const struct cpm_bind bind = {.bytes = bytes, .len = len};

    (void)state;
    assert_true(cpm_bind(&bind));
    once = cpm_strndup("", 0);
    once = cpm_realloc(once, 1, len);
    memcpy(once, bytes, len);
    assert_true(cpm_bind(&bind));
    assert_memory_equal(once, bytes, len);
    cpm_free(once);
    cpm_free(bytes);
}

static void a_stand_in_is_needed_instead_of_what_is_behind_it(void **state)
{
    size_t len;
    char *bytes = read_object(&len);
    const struct cpm_bind bind = {
        .bytes = bytes, .len = len, .standin = "cpm-x.so", .behind = CPM_STR("libc.so.6")};

    (void)state;
    assert_true(cpm_bind(&bind));
    assert_null(load(bytes, len));
    assert_non_null(strstr(dlerror(), "cpm-x.so"));
    cpm_free(bytes);
}

static void an_object_that_is_cut_is_no_object(void **state)
{
    size_t len;
    char *bytes = read_object(&len);

    (void)state;
    for (size_t cut = 0; cut < len; cut += cut < 8192 ? 61 : 4093) {
        char *part = cpm_alloc(cut + 1);
        const struct cpm_bind bind = {.bytes = part, .len = cut};
        memcpy(part, bytes, cut);
        (void)cpm_bind(&bind); /* never outside of it */
        cpm_free(part);
    }
    const struct cpm_bind empty = {.bytes = bytes, .len = 0};
    assert_false(cpm_bind(&empty));
    cpm_free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_that_is_bound_loads_and_calls_its_own_functions_unasked),
        cmocka_unit_test(what_is_bound_stays_as_it_is_when_it_is_bound_again),
        cmocka_unit_test(a_stand_in_is_needed_instead_of_what_is_behind_it),
        cmocka_unit_test(an_object_that_is_cut_is_no_object),
    };

    struct utsname machine;

    if (uname(&machine) != 0 || strcmp(machine.machine, "x86_64") != 0)
        return 0; /* there is nothing to bind elsewhere */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
