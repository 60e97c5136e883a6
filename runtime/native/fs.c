/* Files. Every function takes a callback as its last argument or none: with one the call goes to
 * the thread pool and the callback gets (errno or 0, result); without, the result is returned, or a
 * negative errno. What stat tells is written to one shared array (native.stats), just before the
 * return or the callback. */
#include "runtime/js.h"

#include "base/mem.h"
#include "runtime/builtins.h"
#include "runtime/loop.h"

#include <errno.h>
#include <fcntl.h>

enum { STAT_FIELDS = 18, MOST_BUFFERS = 1024 };

struct request {
    uv_fs_t fs; /* first: the request is found from it */
    struct cpm_runtime *rt;
    JSObjectRef callback; /* protected, like `pinned` */
    JSValueRef pinned;
    double *stats;
};

/* One call while it is made: the request lives on the stack when there is no callback. */
struct call {
    struct cpm_runtime *rt;
    JSContextRef ctx;
    struct request on_stack;
    struct request *request;
    uv_loop_t *loop;
    uv_fs_cb done;
};

/* The array behind native.stats: [dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks,
 * then seconds and nanoseconds of access, change of content, of status, birth]. */
static double *stats_of(JSContextRef ctx, JSObjectRef self)
{
    struct cpm_js_bytes bytes;

    if (!cpm_js_bytes(ctx, cpm_js_get(ctx, self, "stats"), &bytes) ||
        bytes.len < STAT_FIELDS * sizeof(double))
        return NULL;
    return (double *)(void *)bytes.ptr;
}

static void fill_stats(double *to, const uv_stat_t *st)
{
    const double fields[STAT_FIELDS] = {
        (double)st->st_dev,
        (double)st->st_mode,
        (double)st->st_nlink,
        (double)st->st_uid,
        (double)st->st_gid,
        (double)st->st_rdev,
        (double)st->st_blksize,
        (double)st->st_ino,
        (double)st->st_size,
        (double)st->st_blocks,
        (double)st->st_atim.tv_sec,
        (double)st->st_atim.tv_nsec,
        (double)st->st_mtim.tv_sec,
        (double)st->st_mtim.tv_nsec,
        (double)st->st_ctim.tv_sec,
        (double)st->st_ctim.tv_nsec,
        (double)st->st_birthtim.tv_sec,
        (double)st->st_birthtim.tv_nsec,
    };

    if (to)
        memcpy(to, fields, sizeof(fields));
}

/* [name, kind, name, kind, …] */
static JSValueRef entries_of(JSContextRef ctx, uv_fs_t *fs)
{
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);
    uv_dirent_t entry;

    for (unsigned i = 0; uv_fs_scandir_next(fs, &entry) != UV_EOF; i += 2) {
        JSObjectSetPropertyAtIndex(ctx, list, i, cpm_js_text(ctx, entry.name), NULL);
        JSObjectSetPropertyAtIndex(ctx, list, i + 1, JSValueMakeNumber(ctx, entry.type), NULL);
    }
    return list;
}

static JSValueRef statfs_of(JSContextRef ctx, const uv_statfs_t *s)
{
    const double fields[] = {(double)s->f_type,  (double)s->f_bsize,  (double)s->f_blocks,
                             (double)s->f_bfree, (double)s->f_bavail, (double)s->f_files,
                             (double)s->f_ffree};
    JSObjectRef list = JSObjectMakeArray(ctx, 0, NULL, NULL);

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        JSObjectSetPropertyAtIndex(ctx, list, i, JSValueMakeNumber(ctx, fields[i]), NULL);
    return list;
}

static JSValueRef result_of(JSContextRef ctx, struct request *r)
{
    uv_fs_t *fs = &r->fs;

    switch (fs->fs_type) {
    case UV_FS_STAT:
    case UV_FS_LSTAT:
    case UV_FS_FSTAT:
        fill_stats(r->stats, &fs->statbuf);
        return JSValueMakeNumber(ctx, 0);
    case UV_FS_READLINK:
    case UV_FS_REALPATH:
        return cpm_js_text(ctx, fs->ptr);
    case UV_FS_MKDTEMP:
        return cpm_js_text(ctx, fs->path);
    case UV_FS_SCANDIR:
        return entries_of(ctx, fs);
    case UV_FS_STATFS:
        return statfs_of(ctx, fs->ptr);
    default:
        return JSValueMakeNumber(ctx, (double)fs->result);
    }
}

static void request_free(struct request *r)
{
    uv_fs_req_cleanup(&r->fs);
    JSValueUnprotect(r->rt->ctx, r->callback);
    if (r->pinned)
        JSValueUnprotect(r->rt->ctx, r->pinned);
    cpm_free(r);
}

static void on_done(uv_fs_t *fs)
{
    struct request *r = (struct request *)fs;
    JSContextRef ctx = r->rt->ctx;
    bool failed = fs->result < 0;
    const JSValueRef argv[] = {JSValueMakeNumber(ctx, failed ? (double)fs->result : 0),
                               failed ? JSValueMakeUndefined(ctx) : result_of(ctx, r)};

    cpm_loop_call(r->rt, r->callback, NULL, 2, argv);
    request_free(r);
}

static void begin(struct call *c, JSContextRef ctx, JSObjectRef self, size_t argc,
                  const JSValueRef argv[])
{
    JSObjectRef callback = argc ? cpm_js_arg_function(ctx, argc, argv, argc - 1) : NULL;

    *c = (struct call){.rt = cpm_runtime_current(), .ctx = ctx};
    c->request = callback ? cpm_calloc(1, sizeof(*c->request)) : &c->on_stack;
    c->request->rt = c->rt;
    c->request->stats = stats_of(ctx, self);
    c->loop = &c->rt->loop;
    if (callback) {
        c->request->callback = callback;
        JSValueProtect(c->rt->ctx, callback);
        c->done = on_done;
    }
}

static void pin(struct call *c, JSValueRef value)
{
    if (!c->done)
        return;
    c->request->pinned = value;
    JSValueProtect(c->rt->ctx, value);
}

/* `rc` is libuv's answer. */
static JSValueRef finish(struct call *c, int rc)
{
    JSValueRef value;

    if (c->done) {
        if (rc < 0)
            request_free(c->request);
        return JSValueMakeNumber(c->ctx, rc);
    }
    value = rc < 0 ? JSValueMakeNumber(c->ctx, rc) : result_of(c->ctx, c->request);
    uv_fs_req_cleanup(&c->request->fs);
    return value;
}

#define PATH(i)   cpm_js_utf8(ctx, cpm_js_arg(ctx, argc, argv, i), NULL)
#define INT(i)    ((int)cpm_js_int(ctx, argc, argv, i))
#define NUMBER(i) cpm_js_number(ctx, cpm_js_arg(ctx, argc, argv, i), 0)

/* A function (path, …) whose libuv call is uv_fs_NAME. */
#define ON_PATH(name, ...)                                                                         \
    CPM_JS_FUNCTION(fs_##name)                                                                     \
    {                                                                                              \
        struct call c;                                                                             \
        char *path = PATH(0);                                                                      \
        begin(&c, ctx, self, argc, argv);                                                          \
        int rc = uv_fs_##name(c.loop, &c.request->fs, path __VA_ARGS__, c.done);                   \
        cpm_free(path);                                                                            \
        return finish(&c, rc);                                                                     \
    }
/* The same with two paths. */
#define ON_PATHS(name, ...)                                                                        \
    CPM_JS_FUNCTION(fs_##name)                                                                     \
    {                                                                                              \
        struct call c;                                                                             \
        char *path = PATH(0), *other = PATH(1);                                                    \
        begin(&c, ctx, self, argc, argv);                                                          \
        int rc = uv_fs_##name(c.loop, &c.request->fs, path, other __VA_ARGS__, c.done);            \
        cpm_free(path);                                                                            \
        cpm_free(other);                                                                           \
        return finish(&c, rc);                                                                     \
    }
/* The same with a descriptor. */
#define ON_FD(name, ...)                                                                           \
    CPM_JS_FUNCTION(fs_##name)                                                                     \
    {                                                                                              \
        struct call c;                                                                             \
        begin(&c, ctx, self, argc, argv);                                                          \
        return finish(&c, uv_fs_##name(c.loop, &c.request->fs, INT(0) __VA_ARGS__, c.done));       \
    }
#define AND , /* an argument of a macro cannot begin with a comma */

ON_PATH(open, AND INT(1) AND INT(2))
ON_PATH(stat, )
ON_PATH(lstat, )
ON_PATH(access, AND INT(1))
ON_PATH(unlink, )
ON_PATH(rmdir, )
ON_PATH(mkdir, AND INT(1))
ON_PATH(mkdtemp, )
ON_PATH(readlink, )
ON_PATH(realpath, )
ON_PATH(statfs, )
ON_PATH(chmod, AND INT(1))
ON_PATH(chown, AND(uv_uid_t) INT(1) AND(uv_gid_t) INT(2))
ON_PATH(lchown, AND(uv_uid_t) INT(1) AND(uv_gid_t) INT(2))
ON_PATH(utime, AND NUMBER(1) AND NUMBER(2))
ON_PATH(lutime, AND NUMBER(1) AND NUMBER(2))
ON_PATH(scandir, AND 0)
ON_PATHS(rename, )
ON_PATHS(link, )
ON_PATHS(symlink, AND INT(2))
ON_PATHS(copyfile, AND INT(2))
ON_FD(close, )
ON_FD(fstat, )
ON_FD(fsync, )
ON_FD(fdatasync, )
ON_FD(ftruncate, AND cpm_js_int(ctx, argc, argv, 1))
ON_FD(fchmod, AND INT(1))
ON_FD(fchown, AND(uv_uid_t) INT(1) AND(uv_gid_t) INT(2))
ON_FD(futime, AND NUMBER(1) AND NUMBER(2))

/* (fd, bytes, offset, length, position or -1): the part of bytes, false when it is none. */
static bool part_of(JSContextRef ctx, size_t argc, const JSValueRef argv[], uv_buf_t *out)
{
    struct cpm_js_bytes bytes;
    int64_t offset = cpm_js_int(ctx, argc, argv, 2), length = cpm_js_int(ctx, argc, argv, 3);

    if (!cpm_js_bytes(ctx, cpm_js_arg(ctx, argc, argv, 1), &bytes) || offset < 0 || length < 0 ||
        (uint64_t)offset > bytes.len || (uint64_t)length > bytes.len - (uint64_t)offset)
        return false;
    *out = uv_buf_init(bytes.ptr ? (char *)bytes.ptr + offset : NULL, (unsigned)length);
    return length <= INT32_MAX;
}

static JSValueRef transfer(JSContextRef ctx, JSObjectRef self, size_t argc, const JSValueRef argv[],
                           bool writing)
{
    struct call c;
    uv_buf_t part;

    if (!part_of(ctx, argc, argv, &part))
        return JSValueMakeNumber(ctx, UV_EINVAL);
    begin(&c, ctx, self, argc, argv);
    pin(&c, argv[1]);
    int64_t position = cpm_js_int(ctx, argc, argv, 4);
    int rc = writing ? uv_fs_write(c.loop, &c.request->fs, INT(0), &part, 1, position, c.done)
                     : uv_fs_read(c.loop, &c.request->fs, INT(0), &part, 1, position, c.done);
    return finish(&c, rc);
}

CPM_JS_FUNCTION(fs_read)
{
    return transfer(ctx, self, argc, argv, false);
}

CPM_JS_FUNCTION(fs_write)
{
    return transfer(ctx, self, argc, argv, true);
}

/* (fd, [bytes], position or -1) */
static JSValueRef transfer_many(JSContextRef ctx, JSObjectRef self, size_t argc,
                                const JSValueRef argv[], bool writing)
{
    struct call c;
    uv_buf_t parts[MOST_BUFFERS];
    JSObjectRef list = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 1), NULL);
    double length = list ? cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0) : 0;
    unsigned count = length < MOST_BUFFERS ? (unsigned)length : MOST_BUFFERS;

    for (unsigned i = 0; i < count; i++) {
        struct cpm_js_bytes bytes;
        if (!cpm_js_bytes(ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL), &bytes))
            return JSValueMakeNumber(ctx, UV_EINVAL);
        parts[i] = uv_buf_init((char *)bytes.ptr, (unsigned)bytes.len);
    }
    if (!count)
        return JSValueMakeNumber(ctx, UV_EINVAL);
    begin(&c, ctx, self, argc, argv);
    pin(&c, argv[1]);
    int64_t position = cpm_js_int(ctx, argc, argv, 2);
    int rc = writing ? uv_fs_write(c.loop, &c.request->fs, INT(0), parts, count, position, c.done)
                     : uv_fs_read(c.loop, &c.request->fs, INT(0), parts, count, position, c.done);
    return finish(&c, rc);
}

CPM_JS_FUNCTION(fs_readv)
{
    return transfer_many(ctx, self, argc, argv, false);
}

CPM_JS_FUNCTION(fs_writev)
{
    return transfer_many(ctx, self, argc, argv, true);
}

static const struct cpm_js_method methods[] = {
    {"open", fs_open},           {"close", fs_close},
    {"read", fs_read},           {"write", fs_write},
    {"readv", fs_readv},         {"writev", fs_writev},
    {"stat", fs_stat},           {"lstat", fs_lstat},
    {"fstat", fs_fstat},         {"access", fs_access},
    {"unlink", fs_unlink},       {"rmdir", fs_rmdir},
    {"mkdir", fs_mkdir},         {"mkdtemp", fs_mkdtemp},
    {"readlink", fs_readlink},   {"realpath", fs_realpath},
    {"statfs", fs_statfs},       {"chmod", fs_chmod},
    {"chown", fs_chown},         {"lchown", fs_lchown},
    {"utime", fs_utime},         {"lutime", fs_lutime},
    {"scandir", fs_scandir},     {"rename", fs_rename},
    {"link", fs_link},           {"symlink", fs_symlink},
    {"copyfile", fs_copyfile},   {"fsync", fs_fsync},
    {"fdatasync", fs_fdatasync}, {"ftruncate", fs_ftruncate},
    {"fchmod", fs_fchmod},       {"fchown", fs_fchown},
    {"futime", fs_futime},       {NULL, NULL},
};

JSObjectRef cpm_native_fs(struct cpm_runtime *rt)
{
    JSObjectRef object = cpm_js_object(rt->ctx, methods);
    JSObjectRef stats =
        JSObjectMakeTypedArray(rt->ctx, kJSTypedArrayTypeFloat64Array, STAT_FIELDS, NULL);

    cpm_js_set(rt->ctx, object, "stats", stats);
    return object;
}
