#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct row {
    int code;
    const char *name;
    const char *text;
};

static const struct row rows[] = {
#define CPM_ERROR(number, id, text)             {-(number), "E" #id, text},
#define CPM_ERROR_NAMED(number, id, name, text) {-(number), name, text},
#include "cpm/errors.def"
#undef CPM_ERROR
};

static const struct {
    int sys;
    int code;
} sys_codes[] = {
    {ENOENT, CPM_ENOENT},   {EACCES, CPM_EACCES}, {EPERM, CPM_EACCES},  {EEXIST, CPM_EEXIST},
    {ENOSPC, CPM_ENOSPC},   {EDQUOT, CPM_ENOSPC}, {EROFS, CPM_EROFS},   {ENOMEM, CPM_ENOMEM},
    {ENOTDIR, CPM_ENOTDIR}, {EMFILE, CPM_EMFILE}, {ENFILE, CPM_EMFILE}, {EXDEV, CPM_EXDEV},
    {ELOOP, CPM_ELINKED},
};

static const struct row *find_row(int code)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].code == code)
            return &rows[i];
    return &rows[0];
}

const char *cpm_error_name(int code)
{
    return find_row(code)->name;
}

const char *cpm_error_default(int code)
{
    return find_row(code)->text;
}

int cpm_error_set(struct cpm_error *err, int code, const char *fmt, ...)
{
    va_list args;

    if (!err)
        return code;
    err->code = code;
    err->sys = 0;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    return code;
}

int cpm_error_sys(struct cpm_error *err, int sys, const char *fmt, ...)
{
    int code = CPM_EIO;
    size_t used;
    va_list args;

    for (size_t i = 0; i < sizeof(sys_codes) / sizeof(sys_codes[0]); i++)
        if (sys_codes[i].sys == sys)
            code = sys_codes[i].code;
    if (!err)
        return code;
    err->code = code;
    err->sys = sys;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, ": %s", strerror(sys));
    return code;
}

int cpm_error_prefix(struct cpm_error *err, const char *fmt, ...)
{
    char old[CPM_ERROR_TEXT];
    size_t used;
    va_list args;

    if (!err)
        return CPM_EUNKNOWN;
    memcpy(old, err->text, sizeof(old));
    va_start(args, fmt);
    vsnprintf(err->text, sizeof(err->text), fmt, args);
    va_end(args);
    used = strlen(err->text);
    snprintf(err->text + used, sizeof(err->text) - used, "%s", old);
    return err->code;
}

int cpm_error_advise(struct cpm_error *err, const char *fmt, ...)
{
    size_t used;
    va_list args;

    if (!err)
        return CPM_EUNKNOWN;
    used = strlen(err->text);
    if (used + 1 < sizeof(err->text))
        err->text[used++] = '\n';
    va_start(args, fmt);
    vsnprintf(err->text + used, sizeof(err->text) - used, fmt, args);
    va_end(args);
    return err->code;
}
