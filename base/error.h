/* How an error is set: who fails fills the public record (cpm/error.h), the cli words it.
 *
 * What can fail returns int: 0, or a negative CPM_E… and a filled error. The error parameter is the
 * last one, is untouched on success, is set once where the fault is found and may be prefixed on
 * the way up. It may be NULL. Texts: lower case, what failed first, the subject in 'quotes', then
 * what the user can do. Never a secret. */
#ifndef CPM_BASE_ERROR_H
#define CPM_BASE_ERROR_H

#include "cpm/error.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define CPM_ERROR_INIT                                                                             \
    {                                                                                              \
        .code = 0, .sys = 0, .text = ""                                                            \
    }
#define CPM_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Fills err and returns code, so that `return cpm_error_set(err, CPM_E404, "…")` is the whole
 * report. */
int cpm_error_set(struct cpm_error *err, int code, const char *fmt, ...) CPM_PRINTF(3, 4);

/* The same for a failed system call: appends the errno's words and picks the code for it (ENOENT,
 * EACCES, ENOSPC …). */
int cpm_error_sys(struct cpm_error *err, int sys, const char *fmt, ...) CPM_PRINTF(3, 4);

/* Puts text in front of what stands in err; returns err's code (CPM_EUNKNOWN when err is NULL). */
int cpm_error_prefix(struct cpm_error *err, const char *fmt, ...) CPM_PRINTF(2, 3);

/* Puts what the user can do behind it, on a line of its own; the same result. */
int cpm_error_advise(struct cpm_error *err, const char *fmt, ...) CPM_PRINTF(2, 3);

#endif
