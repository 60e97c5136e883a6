/* Who the process is: users and groups, by number or by name, and another program in its place.
 * Each gives 0, an errno below zero, or UNKNOWN for a name that the system does not know. */
#include "runtime/js.h"

#include "base/mem.h"
#include "runtime/builtins.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/resource.h>
#include <unistd.h>

enum { UNKNOWN = 1, MOST_GROUPS = 1024 };

/* The number behind `value`: false for a name that is not known. */
static bool id_of(JSContextRef ctx, JSValueRef value, bool of_group, unsigned *id)
{
    if (JSValueIsNumber(ctx, value)) {
        *id = (unsigned)(int64_t)cpm_js_number(ctx, value, 0);
        return true;
    }
    char *name = cpm_js_utf8(ctx, value, NULL);
    const struct passwd *user = of_group ? NULL : getpwnam(name);
    const struct group *group = of_group ? getgrnam(name) : NULL;

    if (user)
        *id = user->pw_uid;
    else if (group)
        *id = group->gr_gid;
    cpm_free(name);
    return user || group;
}

static JSValueRef answer(JSContextRef ctx, int rc)
{
    return JSValueMakeNumber(ctx, rc == -1 ? -errno : rc);
}

#define SETTER(name, call, of_group)                                                               \
    CPM_JS_FUNCTION(name)                                                                          \
    {                                                                                              \
        unsigned id;                                                                               \
        bool known = id_of(ctx, cpm_js_arg(ctx, argc, argv, 0), of_group, &id);                    \
        return answer(ctx, known ? call(id) : UNKNOWN);                                            \
    }
SETTER(set_uid, setuid, false)
SETTER(set_euid, seteuid, false)
SETTER(set_gid, setgid, true)
SETTER(set_egid, setegid, true)

/* ([group, …]): UNKNOWN + 1 + i for the name at i. */
CPM_JS_FUNCTION(set_groups)
{
    gid_t groups[MOST_GROUPS];
    JSObjectRef list = JSValueToObject(ctx, cpm_js_arg(ctx, argc, argv, 0), NULL);
    double length = list ? cpm_js_number(ctx, cpm_js_get(ctx, list, "length"), 0) : 0;

    if (length > MOST_GROUPS)
        return JSValueMakeNumber(ctx, -EINVAL);
    for (unsigned i = 0; i < (unsigned)length; i++)
        if (!id_of(ctx, JSObjectGetPropertyAtIndex(ctx, list, i, NULL), true, &groups[i]))
            return JSValueMakeNumber(ctx, UNKNOWN + 1 + i);
    return answer(ctx, setgroups((size_t)length, groups));
}

/* (user, group): UNKNOWN for the user, UNKNOWN + 1 for the group. */
CPM_JS_FUNCTION(init_groups)
{
    JSValueRef who = cpm_js_arg(ctx, argc, argv, 0);
    unsigned user, group;

    if (!id_of(ctx, who, false, &user))
        return JSValueMakeNumber(ctx, UNKNOWN);
    if (!id_of(ctx, cpm_js_arg(ctx, argc, argv, 1), true, &group))
        return JSValueMakeNumber(ctx, UNKNOWN + 1);
    const struct passwd *entry = getpwuid(user);
    return answer(ctx, entry ? initgroups(entry->pw_name, group) : UNKNOWN);
}

/* (path, arguments, environment): returns only when it fails. */
CPM_JS_FUNCTION(execve_)
{
    char *path = cpm_js_arg_utf8(ctx, argc, argv, 0);
    char **args = cpm_js_texts(ctx, cpm_js_arg(ctx, argc, argv, 1));
    char **environment = cpm_js_texts(ctx, cpm_js_arg(ctx, argc, argv, 2));

    for (int fd = 0; fd < 3; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0)
            fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
    }
    int failed = path && args && environment ? execve(path, args, environment) : -1;
    JSValueRef value = answer(ctx, failed);
    cpm_js_texts_free(environment);
    cpm_js_texts_free(args);
    cpm_free(path);
    return value;
}

/* What this thread alone has used: [user, system] in microseconds. */
CPM_JS_FUNCTION(thread_usage)
{
    struct rusage u;

    getrusage(RUSAGE_THREAD, &u);
    const JSValueRef both[] = {
        JSValueMakeNumber(ctx, (double)u.ru_utime.tv_sec * 1e6 + (double)u.ru_utime.tv_usec),
        JSValueMakeNumber(ctx, (double)u.ru_stime.tv_sec * 1e6 + (double)u.ru_stime.tv_usec)};
    return JSObjectMakeArray(ctx, 2, both, NULL);
}

JSObjectRef cpm_native_identity(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"setuid", set_uid},   {"seteuid", set_euid},         {"setgid", set_gid},
        {"setegid", set_egid}, {"setgroups", set_groups},     {"initgroups", init_groups},
        {"execve", execve_},   {"threadUsage", thread_usage}, {NULL, NULL}};

    return cpm_js_object(rt->ctx, methods);
}
