/* What os asks of the system. */
#include "runtime/js.h"

#include "runtime/builtins.h"

#include <stdio.h>

static JSValueRef text_of(JSContextRef ctx, const char *text)
{
    return text ? cpm_js_text(ctx, text) : JSValueMakeNull(ctx);
}

static JSObjectRef list_of(JSContextRef ctx, size_t count, const JSValueRef *values)
{
    return JSObjectMakeArray(ctx, count, values, NULL);
}

/* [name, release, version, machine, host] */
CPM_JS_FUNCTION(uname_)
{
    uv_utsname_t u = {{0}, {0}, {0}, {0}};
    char host[UV_MAXHOSTNAMESIZE] = "";
    size_t size = sizeof(host);

    uv_os_uname(&u);
    uv_os_gethostname(host, &size);
    const JSValueRef values[] = {text_of(ctx, u.sysname), text_of(ctx, u.release),
                                 text_of(ctx, u.version), text_of(ctx, u.machine),
                                 text_of(ctx, host)};
    return list_of(ctx, 5, values);
}

/* [[model, MHz, user, nice, system, idle, irq], …] */
CPM_JS_FUNCTION(cpus)
{
    JSObjectRef out = JSObjectMakeArray(ctx, 0, NULL, NULL);
    uv_cpu_info_t *list;
    int count;

    if (uv_cpu_info(&list, &count) < 0)
        return out;
    for (int i = 0; i < count; i++) {
        const uv_cpu_info_t *cpu = &list[i];
        const JSValueRef values[] = {text_of(ctx, cpu->model),
                                     JSValueMakeNumber(ctx, cpu->speed),
                                     JSValueMakeNumber(ctx, (double)cpu->cpu_times.user),
                                     JSValueMakeNumber(ctx, (double)cpu->cpu_times.nice),
                                     JSValueMakeNumber(ctx, (double)cpu->cpu_times.sys),
                                     JSValueMakeNumber(ctx, (double)cpu->cpu_times.idle),
                                     JSValueMakeNumber(ctx, (double)cpu->cpu_times.irq)};
        JSObjectSetPropertyAtIndex(ctx, out, (unsigned)i, list_of(ctx, 7, values), NULL);
    }
    uv_free_cpu_info(list, count);
    return out;
}

static JSValueRef interface_of(JSContextRef ctx, const uv_interface_address_t *one)
{
    bool v6 = one->address.address4.sin_family == AF_INET6;
    char address[INET6_ADDRSTRLEN], netmask[INET6_ADDRSTRLEN], mac[18];
    const unsigned char *m = (const unsigned char *)one->phys_addr;

    if (v6) {
        uv_ip6_name(&one->address.address6, address, sizeof(address));
        uv_ip6_name(&one->netmask.netmask6, netmask, sizeof(netmask));
    } else {
        uv_ip4_name(&one->address.address4, address, sizeof(address));
        uv_ip4_name(&one->netmask.netmask4, netmask, sizeof(netmask));
    }
    snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
    const JSValueRef values[] = {
        text_of(ctx, one->name),
        text_of(ctx, address),
        text_of(ctx, netmask),
        JSValueMakeBoolean(ctx, v6),
        text_of(ctx, mac),
        JSValueMakeBoolean(ctx, one->is_internal),
        JSValueMakeNumber(ctx, v6 ? one->address.address6.sin6_scope_id : 0)};
    return list_of(ctx, 7, values);
}

CPM_JS_FUNCTION(interfaces)
{
    JSObjectRef out = JSObjectMakeArray(ctx, 0, NULL, NULL);
    uv_interface_address_t *list;
    int count;

    if (uv_interface_addresses(&list, &count) < 0)
        return out;
    for (int i = 0; i < count; i++)
        JSObjectSetPropertyAtIndex(ctx, out, (unsigned)i, interface_of(ctx, &list[i]), NULL);
    uv_free_interface_addresses(list, count);
    return out;
}

/* [name, uid, gid, shell, home], or a negative errno. */
CPM_JS_FUNCTION(user)
{
    uv_passwd_t p;
    int rc = uv_os_get_passwd(&p);

    if (rc < 0)
        return JSValueMakeNumber(ctx, rc);
    const JSValueRef values[] = {text_of(ctx, p.username), JSValueMakeNumber(ctx, (double)p.uid),
                                 JSValueMakeNumber(ctx, (double)p.gid), text_of(ctx, p.shell),
                                 text_of(ctx, p.homedir)};
    JSObjectRef out = list_of(ctx, 5, values);
    uv_os_free_passwd(&p);
    return out;
}

/* [free, all] in bytes. */
CPM_JS_FUNCTION(memory)
{
    const JSValueRef values[] = {JSValueMakeNumber(ctx, (double)uv_get_free_memory()),
                                 JSValueMakeNumber(ctx, (double)uv_get_total_memory())};

    return list_of(ctx, 2, values);
}

CPM_JS_FUNCTION(loadavg)
{
    double load[3] = {0, 0, 0};

    uv_loadavg(load);
    const JSValueRef values[] = {JSValueMakeNumber(ctx, load[0]), JSValueMakeNumber(ctx, load[1]),
                                 JSValueMakeNumber(ctx, load[2])};
    return list_of(ctx, 3, values);
}

CPM_JS_FUNCTION(uptime)
{
    double seconds = 0;

    uv_uptime(&seconds);
    return JSValueMakeNumber(ctx, seconds);
}

CPM_JS_FUNCTION(parallelism)
{
    return JSValueMakeNumber(ctx, uv_available_parallelism());
}

/* (pid): the priority, or [errno]. */
CPM_JS_FUNCTION(get_priority)
{
    int priority;
    int rc = uv_os_getpriority((uv_pid_t)cpm_js_int(ctx, argc, argv, 0), &priority);
    const JSValueRef code = JSValueMakeNumber(ctx, rc);

    return rc < 0 ? list_of(ctx, 1, &code) : JSValueMakeNumber(ctx, priority);
}

CPM_JS_FUNCTION(set_priority)
{
    int rc = uv_os_setpriority((uv_pid_t)cpm_js_int(ctx, argc, argv, 0),
                               (int)cpm_js_int(ctx, argc, argv, 1));

    return JSValueMakeNumber(ctx, rc);
}

JSObjectRef cpm_native_os(struct cpm_runtime *rt)
{
    static const struct cpm_js_method methods[] = {
        {"uname", uname_},
        {"cpus", cpus},
        {"interfaces", interfaces},
        {"user", user},
        {"memory", memory},
        {"loadavg", loadavg},
        {"uptime", uptime},
        {"parallelism", parallelism},
        {"getPriority", get_priority},
        {"setPriority", set_priority},
        {NULL, NULL},
    };
    return cpm_js_object(rt->ctx, methods);
}
