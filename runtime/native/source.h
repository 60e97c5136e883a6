/* The text of a module on its way from the disk into the engine: the part of native('module') that
 * reads files, makes functions of them, and keeps what was rewritten. */
#ifndef CPM_RUNTIME_NATIVE_SOURCE_H
#define CPM_RUNTIME_NATIVE_SOURCE_H

#include "runtime/js.h"

extern const struct cpm_js_method cpm_source_methods[];

#endif
