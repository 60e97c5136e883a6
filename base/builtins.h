/* The modules that are part of Node 24 itself. Who resolves a specifier and who checks a package's
 * name read it. */
#ifndef CPM_BASE_BUILTINS_H
#define CPM_BASE_BUILTINS_H

/* Those that are found with and without `node:` before the name, and those that need it.
 * NULL-ended. */
extern const char *const cpm_node_builtins[];
extern const char *const cpm_node_schemed_builtins[];

#endif
