/* Signals while node_modules changes. What is downloaded is given up, so that the end comes soon.
 */
#include "install/flow_state.h"

#include <signal.h>

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP};
#define DEADLY (sizeof(deadly) / sizeof(deadly[0]))

static void on_signal(uv_signal_t *handle, int number)
{
    struct cpm_flow *f = handle->data;

    if (f->out->signal) {
        cpm_flow_stop_listening(f);
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    f->out->signal = number;
    if (f->installed)
        return;
    cpm_install_cancel(&f->install);
    cpm_registry_cancel(f->registry);
}

void cpm_flow_listen(struct cpm_flow *f)
{
    for (size_t i = 0; i < DEADLY; i++) {
        uv_signal_init(&f->loop, &f->signals[i]);
        f->signals[i].data = f;
        uv_signal_start(&f->signals[i], on_signal, deadly[i]);
        uv_unref((uv_handle_t *)&f->signals[i]);
    }
    f->listening = true;
}

void cpm_flow_stop_listening(struct cpm_flow *f)
{
    for (size_t i = 0; f->listening && i < DEADLY; i++)
        uv_close((uv_handle_t *)&f->signals[i], NULL);
    f->listening = false;
}

int cpm_flow_check_signal(struct cpm_flow *f, struct cpm_error *err)
{
    if (f->listening) {
        uv_ref((uv_handle_t *)&f->signals[0]); /* a loop with nothing to wait for does not look */
        uv_run(&f->loop, UV_RUN_NOWAIT);
        uv_unref((uv_handle_t *)&f->signals[0]);
    }
    return f->out->signal ? cpm_error_set(err, CPM_ECANCELED, "canceled by a signal") : 0;
}
