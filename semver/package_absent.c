/* The text of an error is short: what does not fit is cut off at the end, where the advice is. */
#include "semver/package_absent.h"

#include "base/buf.h"
#include "semver/package_name.h"

static void add_reasons(struct cpm_buf *out, struct cpm_str name)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_package_name checked;
    unsigned number = 1;

    cpm_package_name_check(&arena, name, &checked);
    if (name.len && !checked.valid_new) {
        cpm_buf_addf(out, "This package name is not valid, because \n");
        for (size_t i = 0; checked.errors[i]; i++)
            cpm_buf_addf(out, " %u. %s\n", number++, checked.errors[i]);
        for (size_t i = 0; checked.warnings[i]; i++)
            cpm_buf_addf(out, " %u. %s\n", number++, checked.warnings[i]);
    }
    cpm_arena_release(&arena);
}

int cpm_package_absent(struct cpm_error *err, struct cpm_str name, struct cpm_str wanted)
{
    struct cpm_str text = cpm_str(err->text);
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);

    if (err->code != CPM_E404 || !cpm_str_starts(text, "404 "))
        return err->code;
    text = cpm_str_sub(text, 0, cpm_str_chr(text, '\n'));
    cpm_buf_addf(
        &out,
        "%.*s\n\n The requested resource '%.*s%s%.*s' could not be found or you do not have "
        "permission to access it.\n",
        CPM_STR_ARG(text), CPM_STR_ARG(name), name.len && wanted.len ? "@" : "",
        CPM_STR_ARG(wanted));
    add_reasons(&out, name);
    cpm_buf_addf(&out, "\nNote that you can also install from a\ntarball, folder, http url, or git "
                       "url.");
    cpm_error_set(err, CPM_E404, "%s", cpm_buf_text(&out));
    cpm_buf_release(&out);
    return CPM_E404;
}
