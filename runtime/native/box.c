#include "runtime/native/box.h"

#include "base/mem.h"

struct box {
    const struct cpm_box_kind *kind;
    void *content;
};

static void finalize(JSObjectRef object)
{
    struct box *box = JSObjectGetPrivate(object);

    if (box->content)
        box->kind->free(box->content);
    cpm_free(box);
}

JSObjectRef cpm_box_new(JSContextRef ctx, const struct cpm_box_kind *kind, void *content)
{
    struct box *box = cpm_calloc(1, sizeof(*box));
    JSClassDefinition definition = kJSClassDefinitionEmpty;

    *box = (struct box){kind, content};
    definition.className = kind->name;
    definition.attributes = kJSClassAttributeNoAutomaticPrototype;
    definition.finalize = finalize;
    JSClassRef class = JSClassCreate(&definition);
    JSObjectRef object = JSObjectMake(ctx, class, box);
    JSClassRelease(class);
    return object;
}

/* Only boxes reach the functions that open them, but not only of the kind they want. */
static struct box *find(JSContextRef ctx, JSValueRef value, const struct cpm_box_kind *kind)
{
    if (!value || !JSValueIsObject(ctx, value))
        return NULL;
    struct box *box = JSObjectGetPrivate(JSValueToObject(ctx, value, NULL));
    return box && box->kind == kind ? box : NULL;
}

void *cpm_box_open(JSContextRef ctx, JSValueRef value, const struct cpm_box_kind *kind)
{
    struct box *box = find(ctx, value, kind);

    return box ? box->content : NULL;
}

void *cpm_box_take(JSContextRef ctx, JSValueRef value, const struct cpm_box_kind *kind)
{
    struct box *box = find(ctx, value, kind);
    void *content = box ? box->content : NULL;

    if (box)
        box->content = NULL;
    return content;
}
