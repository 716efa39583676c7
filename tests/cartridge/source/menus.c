#include "bag.h"
#include "bodies.h"
#include "boxes.h"
#include "codes.h"
#include "floor.h"
#include "frame.h"
#include "menus.h"
#include "pad.h"

enum { MOST_ROWS = 10, OPENING_FRAMES = 3, ITEMS_ON_PAGE = 10, WINDOW_WIDTH = 16 };
enum { BACK = -1, PAGE_LEFT = -2, PAGE_RIGHT = -3 };
enum { ROW_MOVES, ROW_ITEMS, ROW_TEAM, ROW_OTHERS, ROW_GROUND, MAIN_ROWS };

static const char *rows[MOST_ROWS];
static int row_count;

const char *menu_row(int row) { return row < row_count ? rows[row] : 0; }

static void begin_rows(void) { row_count = 0, ram_dungeon_submenu_count = 0; }
static void add_row(const char *text) { if (row_count < MOST_ROWS) rows[row_count++] = text; }

static void write_menu(s32 view, int cursor, int page, int pages) {
    struct MenuInput *menu = &ram_dungeon_menu;
    ram_ui_mode = view;
    menu->cursor_row = cursor;
    menu->rows_on_page = menu->rows_per_page = menu->total_rows = row_count;
    menu->page = page, menu->pages = pages;
    menu->window = ram_dungeon_submenu_count != 0;
    ram_windows[0].width = WINDOW_WIDTH;
}

/* One list with a cursor: the row chosen with A, or why the list was left. */
static int choose(s32 view, int cursor, int page, int pages) {
    write_menu(view, cursor, page, pages);
    frames(OPENING_FRAMES);
    for (;;) {
        frame();
        u16 moved = ram_keys.repeated;
        if (ram_keys.pressed & KEY_B) return BACK;
        if (ram_keys.pressed & KEY_A) return cursor;
        if (moved & KEY_LEFT && pages > 1) return PAGE_LEFT;
        if (moved & KEY_RIGHT && pages > 1) return PAGE_RIGHT;
        if (moved & KEY_DOWN) cursor = cursor + 1 < row_count ? cursor + 1 : 0;
        else if (moved & KEY_UP) cursor = cursor ? cursor - 1 : row_count - 1;
        ram_dungeon_menu.cursor_row = cursor;
    }
}

static void close_menus(void) {
    ram_dungeon_submenu_count = 0;
    ram_dungeon_submenu[0].action = ACTION_NOTHING;
    ram_windows[0].width = 0;
    row_count = 0;
    ram_ui_mode = world.popup_hide_frames ? VIEW_STRIP : VIEW_PLAY;
    forget_taps();
}

/* Rows of a sub menu carry the code of what they do. */
static void add_action(int action, int selectable, const char *text) {
    struct SubMenuEntry *entry = &ram_dungeon_submenu[row_count];
    entry->action = action, entry->selectable = selectable;
    add_row(text);
}

static int choose_action(void) {
    ram_dungeon_submenu_count = row_count;
    for (int row = 0;;) {
        row = choose(VIEW_LIST, row, 0, 0);
        if (row == BACK) return ACTION_NOTHING;
        if (ram_dungeon_submenu[row].selectable) return ram_dungeon_submenu[row].action;
    }
}

static void explain(const char *text) {
    begin_line();
    add(text);
    say();
}

/* Moves */

static void set_move(int slot, int is_set) {
    for (int i = 0; i < MOVE_SLOTS; i++) monster(LEADER)->moves[i].flags &= ~MOVE_IS_SET;
    if (is_set) monster(LEADER)->moves[slot].flags |= MOVE_IS_SET;
}

static struct Order move_actions(int slot) {
    struct Move *move = &monster(LEADER)->moves[slot];
    begin_rows();
    add_action(ACTION_USE_MOVE_PLAYER, move->pp > 0, "Use");
    if (move->flags & MOVE_IS_SET) add_action(ACTION_UNSET_MOVE, 1, "Unset");
    else add_action(ACTION_SET_MOVE, 1, "Set");
    add_action(ACTION_MOVE_INFO, 1, "About");
    int action = choose_action();
    if (action == ACTION_USE_MOVE_PLAYER) return (struct Order){USE_MOVE, slot};
    if (action == ACTION_SET_MOVE || action == ACTION_UNSET_MOVE) set_move(slot, action == ACTION_SET_MOVE);
    if (action == ACTION_MOVE_INFO) explain("It does what its name says, more or less.");
    return NOTHING_ORDERED;
}

static struct Order moves_menu(void) {
    for (int row = 0;;) {
        begin_rows();
        for (int i = 0; i < MOVE_SLOTS; i++)
            if (monster(LEADER)->moves[i].flags & SLOT_USED) add_row(name_of(move_names, monster(LEADER)->moves[i].id));
        row = choose(VIEW_LIST, row, 0, 1);
        if (row == BACK) return NOTHING_ORDERED;
        struct Order order = move_actions(row);
        if (order.kind != NO_ORDER) return order;
    }
}

/* Items */

static struct Order item_actions(int slot) {
    struct Item *item = &ram_inventory_data.bag[slot];
    int category = category_of(item->id), free = !(item->flags & ITEM_STICKY);
    begin_rows();
    if (action_of_use(category)) add_action(action_of_use(category), free, "Use");
    add_action(ACTION_GIVE_ITEM, 0, "Give");
    add_action(ACTION_PLACE_ITEM, 1, "Place");
    add_action(action_of_throw(category), free || category > 1, "Throw");
    add_action(item->flags & ITEM_IS_SET ? ACTION_UNSET_ITEM : ACTION_SET_ITEM, category < 2,
               item->flags & ITEM_IS_SET ? "Unset" : "Set");
    add_action(ACTION_SHOW_INFO, 1, "About");
    int action = choose_action();
    if (action == ACTION_NOTHING) return NOTHING_ORDERED;
    if (action == ACTION_SHOW_INFO) explain("Somebody wrote on it: handle with care.");
    else if (action == ACTION_SET_ITEM || action == ACTION_UNSET_ITEM) set_item(slot, action == ACTION_SET_ITEM);
    else if (action == ACTION_PLACE_ITEM) return (struct Order){PLACE_ITEM, slot};
    else if (action == action_of_throw(category)) return (struct Order){THROW_ITEM, slot};
    else return (struct Order){USE_ITEM, slot};
    return NOTHING_ORDERED;
}

static struct Order items_menu(void) {
    if (!item_count()) {
        explain("You have no items.");
        return NOTHING_ORDERED;
    }
    int pages = (item_count() + ITEMS_ON_PAGE - 1) / ITEMS_ON_PAGE;
    for (int page = 0, cursor = 0;;) {
        begin_rows();
        for (int i = page * ITEMS_ON_PAGE; i < item_count() && row_count < ITEMS_ON_PAGE; i++)
            add_row(name_of(item_names, ram_inventory_data.bag[i].id));
        int row = choose(VIEW_LIST, cursor, page, pages);
        if (row == BACK) return NOTHING_ORDERED;
        cursor = 0;
        if (row == PAGE_LEFT || row == PAGE_RIGHT) {
            page = (page + (row == PAGE_LEFT ? pages - 1 : 1)) % pages;
            continue;
        }
        struct Order order = item_actions(page * ITEMS_ON_PAGE + row);
        if (order.kind != NO_ORDER) return order;
    }
}

/* Team, others, ground */

static void team_menu(void) {
    begin_rows();
    for (int slot = 0; slot < MAX_TEAM; slot++)
        if (alive(slot)) add_row(name_of(species_names, monster(slot)->species));
    while (choose(VIEW_LIST, 0, 0, 1) != BACK) explain("All is well.");
}

static void others_menu(void) {
    static const char *const texts[] = {"Options", "Window", "Map", "Log", "Hints"};
    begin_rows();
    for (int i = 0; i < 5; i++) add_row(texts[i]);
    while (choose(VIEW_LIST, 0, 0, 1) != BACK) explain("Nothing to set here.");
}

static struct Order stairs_menu(void) {
    for (;;) {
        begin_rows();
        add_action(ACTION_STAIRS, 1, "Go on");
        add_action(ACTION_SHOW_INFO, 1, "About");
        int action = choose_action();
        if (action == ACTION_STAIRS) return (struct Order){TAKE_STAIRS, 0};
        if (action == ACTION_NOTHING) return NOTHING_ORDERED;
        explain("Stairs. They lead on.");
    }
}

static struct Order item_underfoot(void) {
    begin_rows();
    add_action(ACTION_PICK_UP_PLAYER, item_count() < BAG_SLOTS, "Pick up");
    return choose_action() == ACTION_PICK_UP_PLAYER ? (struct Order){PICK_UP, 0} : NOTHING_ORDERED;
}

static struct Order ground_menu(void) {
    struct Pos here = body(LEADER)->pos;
    struct Tile *tile = tile_at(here.x, here.y);
    struct Entity *object = tile->object;
    if (tile->terrain & IS_STAIRS) return stairs_menu();
    if (object && object->kind == KIND_ITEM) return item_underfoot();
    explain("There is nothing to do here.");
    return NOTHING_ORDERED;
}

static struct Order open_row(int row) {
    if (row == ROW_MOVES) return moves_menu();
    if (row == ROW_ITEMS) return items_menu();
    if (row == ROW_GROUND) return ground_menu();
    if (row == ROW_TEAM) team_menu();
    else others_menu();
    return NOTHING_ORDERED;
}

struct Order main_menu(s32 view) {
    static const char *const texts[MAIN_ROWS] = {"Moves", "Items", "Team", "Others", "Ground"};
    struct Order order = NOTHING_ORDERED;
    for (int row = 0; order.kind == NO_ORDER;) {
        begin_rows();
        for (int i = 0; i < MAIN_ROWS; i++) add_row(texts[i]);
        row = choose(view, row, 0, 1);
        if (row == BACK) break;
        order = open_row(row);
    }
    close_menus();
    return order;
}

struct Order stairs_prompt(void) {
    struct Order order = stairs_menu();
    close_menus();
    return order;
}

static void wait_for(u16 keys) {
    frames(OPENING_FRAMES);
    do frame();
    while (!(ram_keys.pressed & keys));
}

void show_log(void) {
    ram_ui_mode = VIEW_LOG;
    wait_for(KEY_B);
    close_menus();
}

void show_map(void) {
    world.map_screen = 1;
    wait_for(KEY_B | KEY_SELECT);
    world.map_screen = 0;
    forget_taps();
}
