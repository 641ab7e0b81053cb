// macOS asks the application's delegate to open a file. That is an object of GLFW's, whose class
// has no method for it: here it gets one.
#include <CoreFoundation/CoreFoundation.h>
#include <limits.h>
#include <objc/runtime.h>

#include "_cgo_export.h"

// open_file is -[NSApplicationDelegate application:openFile:]. An NSString is a CFString as well.
static BOOL open_file(id self, SEL command, id application, id name) {
	char path[PATH_MAX];
	if (!CFStringGetFileSystemRepresentation((CFStringRef)name, path, sizeof path))
		return NO;
	handlensOpened(path);
	return YES;
}

void handlens_watch_opened(void) {
	Class delegate = objc_getClass("GLFWApplicationDelegate");
	if (delegate)
		class_addMethod(delegate, sel_registerName("application:openFile:"), (IMP)open_file,
			"c@:@@");
}
