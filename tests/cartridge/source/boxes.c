#include "boxes.h"
#include "codes.h"
#include "frame.h"
#include "pad.h"

enum { LETTERS_A_FRAME = 2, CLOSING_FRAMES = 3, IDLE_FRAMES = 8, BOX_WIDTH = 28, BOX_HEIGHT = 5, STRIP_LETTERS = 60 };
enum { CHOICE_CURSOR = 0x2C, CHOICE_ROWS = 0x2E, CHOICE_WAITS = 0x4C }; /* of text_choice_menu, said in the map in words */
enum { YES, NO, ANSWERS };

static char letters[120];
static int length, shown;

void begin_line(void) { length = 0, letters[0] = 0; }

void add(const char *text) {
    while (*text && length < (int)sizeof letters - 1) letters[length++] = *text++;
    letters[length] = 0;
}

void add_number(int number) {
    char digits[8];
    int at = sizeof digits - 1;
    digits[at] = 0;
    do digits[--at] = '0' + number % 10;
    while ((number /= 10) && at);
    add(digits + at);
}

const char *line(void) { return letters; }
int letters_shown(void) { return shown; }

const char *name_of(const struct Name *names, int id) {
    for (; names->text; names++)
        if (names->id == id) return names->text;
    return "thing";
}

static int confirmed(void) {
    const struct Inputs *keys = &ram_keys;
    return keys->pressed & (KEY_A | KEY_B) || (keys->held & KEY_B && !(keys->held & KEY_CROSS));
}

static void open_box(void) {
    int size = length; /* the screen puts lines together, too */
    memcpy(ram_text_buffer, letters, size + 1);
    ram_ui_mode = VIEW_BOX;
    ram_windows[0].width = BOX_WIDTH, ram_windows[0].height = ram_windows[0].total_height = BOX_HEIGHT;
    world.dialogue_open = 1;
    ram_text_state = TEXT_PRINTING;
    ram_text_frames = 0;
    for (shown = 0; shown < size; shown += LETTERS_A_FRAME) {
        frame();
        ram_text_frames++;
        if (ram_keys.pressed & (KEY_A | KEY_B)) break;
    }
    shown = size;
}

static void close_box(s32 view) {
    ram_text_state = TEXT_CLOSING;
    ram_text_flags = 0;
    frames(CLOSING_FRAMES);
    ram_text_state = TEXT_CLOSED;
    world.dialogue_open = 0;
    ram_windows[0].width = 0;
    ram_ui_mode = view;
    frames(IDLE_FRAMES); /* nothing is read meanwhile, though the signals already say that the leader may act */
    forget_taps();
}

void say(void) {
    s32 view = ram_ui_mode;
    open_box();
    ram_text_state = TEXT_LAST_PAGE;
    ram_text_flags = TEXT_WAITS;
    do frame();
    while (!confirmed());
    close_box(view);
}

static int answered(void) {
    s16 *cursor = (s16 *)(ram_text_choice_menu + CHOICE_CURSOR), *rows = (s16 *)(ram_text_choice_menu + CHOICE_ROWS);
    *cursor = YES, *rows = ANSWERS;
    ram_text_choice_menu[CHOICE_WAITS] = 1;
    for (;;) {
        frame();
        if (ram_keys.repeated & (KEY_UP | KEY_DOWN)) *cursor = !*cursor;
        if (ram_keys.pressed & KEY_A) break;
    }
    ram_text_choice_menu[CHOICE_WAITS] = 0;
    ram_text_choice_result = *cursor;
    return *cursor == YES;
}

int ask(void) {
    s32 view = ram_ui_mode;
    open_box();
    ram_text_state = TEXT_CHOICE;
    int yes = answered();
    ram_text_state = TEXT_CHOSEN;
    frame();
    close_box(view);
    return yes;
}

void tell(void) {
    struct LogLine *entry = &world.log[world.log_next];
    world.log_next = (world.log_next + 1) % 20;
    entry->used = 1, entry->kind = 1;
    int size = length < STRIP_LETTERS - 1 ? length : STRIP_LETTERS - 1;
    memcpy(entry->text, letters, size);
    entry->text[size] = 0;
    memcpy(world.popup_text[0], entry->text, size + 1);
    world.popup_hide_frames = MESSAGE_STRIP_FRAMES;
    if (ram_ui_mode == VIEW_PLAY) ram_ui_mode = VIEW_STRIP;
}
