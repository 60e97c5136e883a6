/* Text from outside in npm's colours: sanitised first, so that a colour is never a package's own.
 */
#ifndef CPM_CLI_PAINT_H
#define CPM_CLI_PAINT_H

#include "base/buf.h"

enum cpm_paint {
    CPM_PLAIN,
    CPM_BOLD,
    CPM_DIM,
    CPM_RED,
    CPM_YELLOW,
    CPM_BLUE,
    CPM_CYAN,
    CPM_HEADING, /* bold and underlined */
    CPM_BOLD_RED,
    CPM_BOLD_GREEN,
    CPM_BOLD_YELLOW,
    CPM_BOLD_MAGENTA,
    CPM_GREEN,
    CPM_UNDERLINE,
};

void cpm_paint(struct cpm_buf *out, bool color, enum cpm_paint paint, struct cpm_str text);

#endif
