/* One session of HTTP/2: what nghttp2 makes of a connection's bytes, told to JavaScript by calls.
 * http2.c and requests.c (streams) hold the functions that JavaScript sees, session.c what nghttp2
 * calls, stream.c the bytes that wait to be sent, fields.c the fields of a head. The session owns
 * its streams; they are named by their numbers, and one that has ended is not found. All on the
 * thread of one world. */
#ifndef CPM_RUNTIME_NATIVE_HTTP2_HTTP2_H
#define CPM_RUNTIME_NATIVE_HTTP2_HTTP2_H

#include "base/buf.h"
#include "runtime/js.h"
#include "runtime/native/box.h"
#include "runtime/runtime.h"

#include <nghttp2/nghttp2.h>

/* What JavaScript is told, in the order of the list that a session is made with. */
enum cpm_h2_call {
    CPM_H2_HEADERS, /* (stream, category, flags, fields as "name NUL value NUL …", whether promised)
                     */
    CPM_H2_DATA,    /* (stream, bytes) */
    CPM_H2_END,     /* (stream): no more data */
    CPM_H2_CLOSE,   /* (stream, code) */
    CPM_H2_SETTINGS, /* (whether acknowledged, [number, value, …]) */
    CPM_H2_PING,     /* (whether acknowledged, bytes) */
    CPM_H2_GOAWAY,   /* (code, last stream, bytes) */
    CPM_H2_ALTSVC,   /* (stream, origin, value) */
    CPM_H2_ORIGIN,   /* ([origin, …]) */
    CPM_H2_NOT_SENT, /* (stream, type of frame, nghttp2's error) */
    CPM_H2_TRAILERS, /* (stream): may be given now */
    CPM_H2_DRAINED,  /* (stream): all that was written is in frames */
    CPM_H2_PRIORITY, /* (stream, parent, weight, whether exclusive) */
    CPM_H2_CALLS
};
enum { CPM_H2_BUCKETS = 64, CPM_H2_MOST_FIELDS_BYTES = 1 << 24 };

struct cpm_h2_stream {
    struct cpm_h2_stream *next; /* of its bucket */
    int32_t id;
    struct cpm_buf out; /* bytes not in frames yet begin at `at` */
    size_t at;
    bool ended;    /* nothing comes behind `out` */
    bool trailers; /* but trailers may */
    bool deferred; /* nghttp2 has asked for bytes, and there were none */
    uint32_t most; /* bytes of a head's fields */
};

struct cpm_h2 {
    nghttp2_session *ng; /* NULL: ended */
    struct cpm_runtime *rt;
    JSObjectRef calls[CPM_H2_CALLS]; /* kept alive by the session's object */
    struct cpm_h2_stream *streams[CPM_H2_BUCKETS];
    struct cpm_buf fields; /* of the head that is read */
    struct cpm_buf notes;  /* pairs of int32_t: a stream, and what it is to be told behind take() */
    unsigned field_count, most_fields;
    size_t memory, most_memory; /* nghttp2's, and what waits to be sent */
    unsigned invalid, most_invalid, rejected, most_rejected;
    unsigned padding;  /* 0 none, 1 to eight bytes, 2 as much as fits */
    int depth;         /* nghttp2 is at work: it must not be entered anew */
    bool paused;       /* reading, behind data that JavaScript was given */
    bool ending;       /* to be ended when that is done */
    const char *fault; /* node's code of what the other side did too often, or NULL */
};

/* http2.c: the session of a first argument; NULL when it has ended. */
struct cpm_h2 *cpm_h2_arg(JSContextRef ctx, size_t argc, const JSValueRef argv[]);

/* requests.c */
extern const struct cpm_js_method cpm_h2_stream_methods[];
JSValueRef cpm_h2_numbers(JSContextRef ctx, const double *values, size_t count);

/* session.c */
struct cpm_h2_limits {
    bool server;
    int64_t values[12]; /* by enum cpm_h2_limit; below zero: nghttp2's own */
};
enum cpm_h2_limit {
    CPM_H2_DEFLATE_TABLE,
    CPM_H2_RESERVED_STREAMS,
    CPM_H2_HEADER_BLOCK,
    CPM_H2_PEER_STREAMS,
    CPM_H2_PADDING,
    CPM_H2_FIELDS,
    CPM_H2_MEMORY,
    CPM_H2_MAX_SETTINGS,
    CPM_H2_INVALID_FRAMES,
    CPM_H2_REJECTED_STREAMS,
    CPM_H2_STRICT_SPACE
};
int cpm_h2_open(struct cpm_h2 *h2, const struct cpm_h2_limits *limits);
void cpm_h2_end(struct cpm_h2 *h2);
void cpm_h2_tell(struct cpm_h2 *h2, enum cpm_h2_call call, size_t argc, const JSValueRef argv[]);

/* stream.c */
struct cpm_h2_stream *cpm_h2_stream_add(struct cpm_h2 *h2, int32_t id);
struct cpm_h2_stream *cpm_h2_stream_find(const struct cpm_h2 *h2, int32_t id);
void cpm_h2_stream_drop(struct cpm_h2 *h2, int32_t id);
nghttp2_data_provider cpm_h2_stream_source(struct cpm_h2_stream *stream);
/* Bytes or the end have come: nghttp2 may ask again. */
void cpm_h2_stream_resume(struct cpm_h2 *h2, struct cpm_h2_stream *stream);

/* fields.c */
struct cpm_h2_fields {
    nghttp2_nv *list;
    size_t count;
    char *bytes; /* what the list points into */
};
/* Of "name MARK value MARK …" in Latin-1, MARK being U+FFFF; a name behind a tab is kept out of
 * tables. False when it is not `count` pairs. */
bool cpm_h2_fields_read(struct cpm_h2_fields *fields, JSContextRef ctx, JSValueRef value,
                        int64_t count);
void cpm_h2_fields_release(struct cpm_h2_fields *fields);

#endif
