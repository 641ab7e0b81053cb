// handlens.com: what "handlens" at a prompt starts, since .com is looked for before .exe. It runs handlens.exe, which is
// a program for windows so that a double-click opens no console, with this console, waits for it, and ends with its status: no
// shell waits for a program for windows by itself.
#include <windows.h>

// stay leaves Ctrl-C and the like to handlens.exe, which gets them as well and ends in good order.
static BOOL WINAPI stay(DWORD event) {
  (void)event;
  return TRUE;
}

// skip_name returns the command line without the program's name, which is in quotes or has no spaces.
static const wchar_t *skip_name(const wchar_t *s) {
  int quoted = 0;
  for (; *s && (quoted || (*s != L' ' && *s != L'\t')); s++)
    if (*s == L'"') quoted = !quoted;
  return s;
}

static HANDLE inherited(DWORD which) {
  HANDLE h = GetStdHandle(which);
  SetHandleInformation(h, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  return h;
}

int wmain(void) {
  static wchar_t program[32768], line[65536];
  const wchar_t *rest = skip_name(GetCommandLineW());
  DWORD n = GetModuleFileNameW(NULL, program, 32768);
  if (n < 4 || n >= 32768) return 1;
  lstrcpyW(program + n - 3, L"exe");
  if (lstrlenW(rest) + n + 3 > 32767) return 1;  // more than Windows takes
  lstrcpyW(line, L"\"");
  lstrcatW(line, program);
  lstrcatW(line, L"\"");
  lstrcatW(line, rest);

  STARTUPINFOW si = {.cb = sizeof si, .dwFlags = STARTF_USESTDHANDLES};
  si.hStdInput = inherited(STD_INPUT_HANDLE);
  si.hStdOutput = inherited(STD_OUTPUT_HANDLE);
  si.hStdError = inherited(STD_ERROR_HANDLE);
  SetConsoleCtrlHandler(stay, TRUE);
  PROCESS_INFORMATION pi;
  if (!CreateProcessW(program, line, NULL, NULL, TRUE, 0, NULL, NULL, &si, &pi)) {
    static const char words[] = "handlens: handlens.exe is not beside handlens.com, or does not start.\r\n";
    DWORD written;
    WriteFile(si.hStdError, words, sizeof words - 1, &written, NULL);
    return 1;
  }
  WaitForSingleObject(pi.hProcess, INFINITE);
  DWORD status = 1;
  GetExitCodeProcess(pi.hProcess, &status);
  return (int)status;
}
