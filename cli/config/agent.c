/* The user agent: a template of the user's with fields of ours. */
#include "cli/config/internal.h"

#define AGENT_MAX 4096

static const char *node_arch(void)
{
#if defined(__x86_64__)
    return "x64";
#elif defined(__aarch64__)
    return "arm64";
#elif defined(__i386__)
    return "ia32";
#elif defined(__arm__)
    return "arm";
#elif defined(__riscv)
    return "riscv64";
#elif defined(__powerpc64__)
    return "ppc64";
#elif defined(__s390x__)
    return "s390x";
#else
    return "unknown";
#endif
}

static bool in_workspaces(const struct cpm_config *c)
{
    return cpm_config_bool(c, "workspaces") || cpm_config_list(c, "workspace")[0];
}

static const char *field_text(struct cpm_config *c, struct cpm_str name)
{
    if (cpm_str_eq_nocase(name, CPM_STR("node-version")))
        return cpm_config_node_version(c);
    if (cpm_str_eq_nocase(name, CPM_STR("npm-version")))
        return CPM_NPM_COMPATIBLE;
    if (cpm_str_eq_nocase(name, CPM_STR("platform")))
        return "linux";
    if (cpm_str_eq_nocase(name, CPM_STR("arch")))
        return node_arch();
    if (cpm_str_eq_nocase(name, CPM_STR("workspaces")))
        return in_workspaces(c) ? "true" : "false";
    if (!cpm_str_eq_nocase(name, CPM_STR("ci")))
        return NULL;
    const char *ci = cpm_ci_name(c->in.environ_);
    return ci ? cpm_arena_printf(c->arena, "ci/%s", ci) : "";
}

const char *cpm_config_user_agent(struct cpm_config *c)
{
    struct cpm_buf out = CPM_BUF_INIT(AGENT_MAX);
    const char *template = cpm_config_str(c, "user-agent");
    struct cpm_str rest = cpm_str(template ? template : "");
    while (rest.len) {
        size_t close = rest.ptr[0] == '{' ? cpm_str_chr(rest, '}') : CPM_NPOS;
        const char *text =
            close == CPM_NPOS ? NULL : field_text(c, cpm_str_sub(rest, 1, close - 1));
        if (text)
            cpm_buf_add_text(&out, text);
        else
            cpm_buf_add_char(&out, rest.ptr[0]);
        rest = cpm_str_sub(rest, text ? close + 1 : 1, rest.len);
    }
    struct cpm_str agent = cpm_str_trim(cpm_buf_str(&out));
    const char *copy = cpm_arena_strndup(c->arena, agent.ptr ? agent.ptr : "", agent.len);
    cpm_buf_release(&out);
    return copy;
}
