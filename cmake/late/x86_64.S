/* `late NAME, NUMBER`: a function that jumps to the NAME of the true library, which is that of the number, with its arguments
 * as they are; the first call asks cpm_late_find for it. There is no lock: whoever asks twice gets the same answer. No address needs relocating. */
    .macro late name number
    .section .rodata
name_\name:
    .byte \number
    .asciz "\name"
    .local slot_\name
    .comm slot_\name, 8, 8
    .text
    .globl \name
    .type \name, @function
\name:
    endbr64
    mov slot_\name(%rip), %r11
    test %r11, %r11
    jz 1f
    jmp *%r11
1:  lea slot_\name(%rip), %r11
    push %r11
    lea name_\name(%rip), %r11
    push %r11
    jmp find
    .size \name, . - \name
    .endm

    .text
/* On the stack: the name, the slot, and where the caller goes on. */
find:
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %r8
    push %r9
    push %rax
    sub $128, %rsp
    movups %xmm0, (%rsp)
    movups %xmm1, 16(%rsp)
    movups %xmm2, 32(%rsp)
    movups %xmm3, 48(%rsp)
    movups %xmm4, 64(%rsp)
    movups %xmm5, 80(%rsp)
    movups %xmm6, 96(%rsp)
    movups %xmm7, 112(%rsp)
    mov 184(%rsp), %rdi
    call cpm_late_find
    mov %rax, %r11
    mov 192(%rsp), %rax
    mov %r11, (%rax)
    movups (%rsp), %xmm0
    movups 16(%rsp), %xmm1
    movups 32(%rsp), %xmm2
    movups 48(%rsp), %xmm3
    movups 64(%rsp), %xmm4
    movups 80(%rsp), %xmm5
    movups 96(%rsp), %xmm6
    movups 112(%rsp), %xmm7
    add $128, %rsp
    pop %rax
    pop %r9
    pop %r8
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
    add $16, %rsp
    jmp *%r11

    .section .note.GNU-stack, "", @progbits
