@ Start of the program: the cartridge's header, stacks, .data and .bss, the interrupt's way into C.
    .section .crt0,"ax",%progbits
    .arm
    .global _start
_start:
    b   start_vector            @ 0x00
    .fill 156, 1, 0             @ 0x04 the logo's field stays zero: it is not ours
    .ascii "TWIN DUNGEON"       @ 0xA0 title, 12 bytes
    .ascii "ZTDE"               @ 0xAC game code
    .ascii "ZZ"                 @ 0xB0 maker
    .byte 0x96                  @ 0xB2 fixed value
    .byte 0, 0                  @ 0xB3 unit, device
    .fill 7, 1, 0
    .byte 0                     @ 0xBC version
    .byte 0                     @ 0xBD checksum, set by build.py
    .hword 0
start_vector:
    mov r0, #0x12               @ IRQ mode
    msr cpsr_c, r0
    ldr sp, =0x03007FA0
    mov r0, #0x1F               @ system mode
    msr cpsr_c, r0
    ldr sp, =0x03007F00
    ldr r0, =__data_start
    ldr r1, =__data_load
    ldr r2, =__data_end
1:  cmp r0, r2
    ldrlo r3, [r1], #4
    strlo r3, [r0], #4
    blo 1b
    ldr r0, =__bss_start
    ldr r2, =__bss_end
    mov r3, #0
2:  cmp r0, r2
    strlo r3, [r0], #4
    blo 2b
    ldr r0, =irq_handler
    ldr r1, =0x03007FFC
    str r0, [r1]
    ldr r0, =main
    mov lr, pc
    bx  r0
3:  b 3b

irq_handler:                    @ acknowledge everything, tell the BIOS, then C
    mov r0, #0x04000000
    ldr r1, [r0, #0x200]        @ IE | IF << 16
    and r1, r1, r1, lsr #16
    add r2, r0, #0x200
    strh r1, [r2, #2]
    ldr r3, =0x03007FF8
    ldrh r2, [r3]
    orr r2, r2, r1
    strh r2, [r3]
    push {lr}
    ldr r0, =on_vblank
    mov lr, pc
    bx  r0
    pop {lr}
    bx  lr
    .pool
