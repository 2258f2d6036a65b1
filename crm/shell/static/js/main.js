// What every page needs. Each module finds its own elements and does nothing without them.
import { start as startAsk } from "./ask.js";
import { start as startContacts } from "./contacts.js";
import { start as startBoard } from "./board.js";
import { start as startDialogs } from "./dialogs.js";
import { start as startErrors } from "./errors.js";
import { start as startKeys } from "./keys.js";
import { start as startLists } from "./lists.js";
import { start as startLive } from "./live.js";
import { start as startPalette } from "./palette.js";
import { start as startReorder } from "./reorder.js";
import { start as startSidebar } from "./sidebar.js";
import { start as startTheme } from "./theme.js";
import { start as startToasts } from "./toasts.js";

startErrors();
startTheme();
startSidebar();
startToasts();
startDialogs();
startAsk();
startContacts();
startReorder();
startPalette();
startKeys();
startLists();
startLive();
startBoard();
