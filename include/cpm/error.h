/* The error record: the caller owns it, the library fills it, the caller words it.
 *
 * What can fail returns int: 0, or a negative CPM_E… and a filled error. The error parameter is the
 * last one, is untouched on success and may be NULL. A text says what failed first, then the
 * subject in 'quotes', then what the user can do; it never holds a secret. */
#ifndef CPM_ERROR_H
#define CPM_ERROR_H

#include "cpm/export.h"

CPM_BEGIN_DECLS

enum cpm_code {
    CPM_OK = 0,
#define CPM_ERROR(number, id, text) CPM_E##id = -(number),
#include "cpm/errors.def"
#undef CPM_ERROR
};

#define CPM_ERROR_TEXT 488

struct cpm_error {
    int code;                  /* 0 or a negative CPM_E… */
    int sys;                   /* errno behind it, or 0 */
    char text[CPM_ERROR_TEXT]; /* NUL-terminated, cut to fit */
};

/* npm's printed name of a code ("ERESOLVE", "E404", …); "EUNKNOWN" for what is none. Never NULL. */
CPM_API const char *cpm_error_name(int code);

/* The code's default text. Never NULL. */
CPM_API const char *cpm_error_default(int code);

CPM_END_DECLS

#endif
