/* How a public header marks its functions. Every other public header includes it; users of libcpm
 * need not. CPM_API is what libcpm exports: everything else is hidden. */
#ifndef CPM_EXPORT_H
#define CPM_EXPORT_H

#define CPM_API __attribute__((visibility("default")))

#ifdef __cplusplus
#define CPM_BEGIN_DECLS extern "C" {
#define CPM_END_DECLS   }
#else
#define CPM_BEGIN_DECLS
#define CPM_END_DECLS
#endif

#endif
