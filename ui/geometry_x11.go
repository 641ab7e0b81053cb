//go:build linux && cgo && !wayland

package ui

// Fyne can neither report nor set a window's position, nor show one that is minimised, so this asks
// Xlib. Fyne exposes the window's
// handle but not GLFW's connection to the display, so this opens its own. It runs on the main
// thread, and rarely: when the window opens, closes or fills the screen.

/*
#cgo LDFLAGS: -lX11
#include <X11/Xlib.h>
#include <X11/Xatom.h>

static Display *own;
static XErrorHandler others;

// Xlib has one error handler for the whole process, and its default ends the program. Errors on our
// own connection are ignored, such as that of a window that has just closed; those on the
// connections of GLFW and of the OpenGL driver go to the handler that was there before.
static int on_error(Display *d, XErrorEvent *e) {
	return d != own && others != NULL ? others(d, e) : 0;
}

// frame_corner reads the corner of the frame that the window manager drew around a window; 0 when
// it is unknown.
static int frame_corner(Display *d, Window w, int *x, int *y) {
	XWindowAttributes a;
	Window child;
	if (!XGetWindowAttributes(d, w, &a) ||
		!XTranslateCoordinates(d, w, a.root, 0, 0, x, y, &child)) return 0;
	Atom type, name = XInternAtom(d, "_NET_FRAME_EXTENTS", True);
	int format;
	unsigned long n, rest;
	unsigned char *data = NULL;
	if (name != None && XGetWindowProperty(d, w, name, 0, 4, False, XA_CARDINAL, &type, &format, &n,
		&rest, &data) == Success && data != NULL) {
		if (type == XA_CARDINAL && format == 32 && n == 4) {
			*x -= ((long *)data)[0]; // left
			*y -= ((long *)data)[2]; // top
		}
		XFree(data);
	}
	return 1;
}

// on_own_connection reads a window's corner, or moves it there when enough of it would be on the
// screen.
static int on_own_connection(unsigned long w, int move, int *x, int *y) {
	Display *d = own = XOpenDisplay(NULL);
	if (d == NULL) return 0;
	others = XSetErrorHandler(on_error);
	int done = 0;
	XWindowAttributes a, screen;
	if (!move) {
		done = frame_corner(d, w, x, y);
	} else if (XGetWindowAttributes(d, w, &a) && XGetWindowAttributes(d, a.root, &screen) &&
		*x + a.width >= 120 && *x <= screen.width - 120 && *y >= 0 && *y <= screen.height - 80) {
		XMoveWindow(d, w, *x, *y);
		done = 1;
	}
	XSync(d, False);
	XSetErrorHandler(others);
	XCloseDisplay(d);
	return done;
}

// raise_window asks the window manager to show a window above the others, also one that is
// minimised. It asks as a taskbar does, since the user wants the window: what a program asks for by
// itself is often refused.
static void raise_window(unsigned long w) {
	Display *d = own = XOpenDisplay(NULL);
	if (d == NULL) return;
	others = XSetErrorHandler(on_error);
	XMapRaised(d, w);
	XEvent e = {.xclient = {
		.type = ClientMessage, .window = w, .format = 32,
		.message_type = XInternAtom(d, "_NET_ACTIVE_WINDOW", False),
		.data.l = {2, CurrentTime, 0},
	}};
	XSendEvent(d, DefaultRootWindow(d), False,
		SubstructureRedirectMask | SubstructureNotifyMask, &e);
	XSync(d, False);
	XSetErrorHandler(others);
	XCloseDisplay(d);
}
*/
import "C"

import "fyne.io/fyne/v2/driver"

func cornerOf(context any) (x, y int, ok bool) { return x11Corner(context, false, 0, 0) }

func moveCorner(context any, x, y int) { x11Corner(context, true, x, y) }

func raise(context any) {
	if c, ok := context.(driver.X11WindowContext); ok && c.WindowHandle != 0 {
		C.raise_window(C.ulong(c.WindowHandle))
	}
}

func x11Corner(context any, move bool, x, y int) (int, int, bool) {
	c, ok := context.(driver.X11WindowContext)
	if !ok || c.WindowHandle == 0 {
		return 0, 0, false
	}
	cx, cy, cmove := C.int(x), C.int(y), C.int(0)
	if move {
		cmove = 1
	}
	ok = C.on_own_connection(C.ulong(c.WindowHandle), cmove, &cx, &cy) != 0
	return int(cx), int(cy), ok
}
