; The installer: program and libraries for all users, an entry in the start menu and, where the user wants it, a rule
; in the firewall and the opening of .onnx files. windows.sh defines STAGE, OUT, ICON, VERSION and NUMBER.
Unicode true
Target amd64-unicode ; 64 bits, as the program is
ManifestDPIAware true
RequestExecutionLevel admin
SetCompressor /SOLID lzma
SetCompressorDictSize 64
!include MUI2.nsh
!include LogicLib.nsh

Name "Handlens"
OutFile "${OUT}"
InstallDir "$PROGRAMFILES64\Handlens"
VIProductVersion "${NUMBER}"
VIAddVersionKey /LANG=0 "ProductName" "Handlens"
VIAddVersionKey /LANG=0 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=0 "FileDescription" "Installs Handlens"
VIAddVersionKey /LANG=0 "CompanyName" "The Handlens developers"
VIAddVersionKey /LANG=0 "LegalCopyright" "Licensed under the Apache License 2.0"

!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\Handlens"
!define PROGID "Handlens.Model"
!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_FUNCTION start

!insertmacro MUI_PAGE_LICENSE "${STAGE}\LICENCES.txt"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES

!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!insertmacro MUI_LANGUAGE "Spanish"
!insertmacro MUI_LANGUAGE "French"
!insertmacro MUI_LANGUAGE "Japanese"
!insertmacro MUI_LANGUAGE "SimpChinese"
!include words.nsh

!define FIREWALL '"$SYSDIR\netsh.exe" advfirewall firewall'

; A program that runs keeps its files.
!macro waitForEnd
  again:
  ClearErrors
  ${If} ${FileExists} "$INSTDIR\handlens.exe"
    FileOpen $0 "$INSTDIR\handlens.exe" a
    ${If} ${Errors}
      MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(running)" /SD IDCANCEL IDRETRY again
      Abort
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

Section "Handlens" program
  SectionIn RO
  !insertmacro waitForEnd
  SetOutPath "$INSTDIR"
  File /r "${STAGE}\*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\Handlens.lnk" "$INSTDIR\handlens.exe"
  ; "handlens" in the box of Windows' "Run"; a prompt needs the folder in PATH.
  WriteRegStr HKLM "Software\Microsoft\Windows\CurrentVersion\App Paths\handlens.exe" "" "$INSTDIR\handlens.exe"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayName" "Handlens"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKLM "${UNINSTALL}" "DisplayIcon" "$INSTDIR\handlens.exe"
  WriteRegStr HKLM "${UNINSTALL}" "Publisher" "The Handlens developers"
  WriteRegStr HKLM "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKLM "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKLM "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKLM "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKLM "${UNINSTALL}" "NoRepair" 1
  SectionGetSize ${program} $0
  WriteRegDWORD HKLM "${UNINSTALL}" "EstimatedSize" $0
  ; It stands among the programs that can open .onnx files; which one does is the user's choice.
  WriteRegStr HKLM "Software\Classes\${PROGID}" "" "$(model)"
  WriteRegStr HKLM "Software\Classes\${PROGID}\DefaultIcon" "" "$INSTDIR\handlens.exe,0"
  WriteRegStr HKLM "Software\Classes\${PROGID}\shell\open\command" "" '"$INSTDIR\handlens.exe" "%1"'
  WriteRegStr HKLM "Software\Classes\.onnx\OpenWithProgids" "${PROGID}" ""
SectionEnd

Section "$(firewall)" firewallRule
  ; The public profile stays closed: there is a stranger on every network of it.
  nsExec::Exec '${FIREWALL} delete rule name="Handlens" program="$INSTDIR\handlens.exe"'
  Pop $0
  nsExec::Exec '${FIREWALL} add rule name="Handlens" dir=in action=allow program="$INSTDIR\handlens.exe" profile=private,domain enable=yes'
  Pop $0
  ${If} $0 != 0
    DetailPrint "$(firewallFailed)"
  ${EndIf}
SectionEnd

Section "$(opens)" openModels
  WriteRegStr HKLM "Software\Classes\.onnx" "" "${PROGID}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)' ; associations have changed
SectionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
  !insertmacro MUI_DESCRIPTION_TEXT ${program} "$(programWords)"
  !insertmacro MUI_DESCRIPTION_TEXT ${firewallRule} "$(firewallWords)"
  !insertmacro MUI_DESCRIPTION_TEXT ${openModels} "$(opensWords)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

Section "Uninstall"
  !insertmacro waitForEnd
  SetShellVarContext all
  nsExec::Exec '${FIREWALL} delete rule name="Handlens" program="$INSTDIR\handlens.exe"'
  Pop $0
  ; What is kept for the user goes, but no pictures and recordings.
  nsExec::Exec '"$INSTDIR\handlens.com" uninstall --yes'
  Pop $0
  SetShellVarContext current
  RMDir /r "$APPDATA\Handlens"
  RMDir /r "$APPDATA\fyne\app.handlens.desktop"
  RMDir "$APPDATA\fyne"
  SetShellVarContext all
  Delete "$SMPROGRAMS\Handlens.lnk"
  ; No folder is removed with what else may be in it.
  !include files.nsh
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  ReadRegStr $0 HKLM "Software\Classes\.onnx" ""
  ${If} $0 == "${PROGID}"
    DeleteRegValue HKLM "Software\Classes\.onnx" ""
  ${EndIf}
  DeleteRegValue HKLM "Software\Classes\.onnx\OpenWithProgids" "${PROGID}"
  DeleteRegKey /ifempty HKLM "Software\Classes\.onnx\OpenWithProgids"
  DeleteRegKey /ifempty HKLM "Software\Classes\.onnx"
  DeleteRegKey HKLM "Software\Classes\${PROGID}"
  DeleteRegKey HKLM "Software\Microsoft\Windows\CurrentVersion\App Paths\handlens.exe"
  DeleteRegKey HKLM "${UNINSTALL}"
SectionEnd

Function .onInit
  ReadRegDWORD $0 HKLM "Software\Microsoft\Windows NT\CurrentVersion" "CurrentMajorVersionNumber"
  ${If} $0 < 10 ; older ones do not have it, and "" is 0
    MessageBox MB_ICONSTOP "$(needs10)" /SD IDOK
    Abort
  ${EndIf}
  SetShellVarContext all
  ; Over an older version it goes where that is.
  ReadRegStr $0 HKLM "${UNINSTALL}" "InstallLocation"
  ${If} $0 != ""
    StrCpy $INSTDIR $0
  ${EndIf}
  ; Who opens .onnx files with another program keeps it, if they do not say otherwise.
  ReadRegStr $0 HKCR ".onnx" ""
  ${If} $0 != ""
  ${AndIf} $0 != "${PROGID}"
    SectionSetFlags ${openModels} 0
  ${EndIf}
FunctionEnd

; The installer has an administrator's rights; the program is not to have them.
Function start
  Exec '"$WINDIR\explorer.exe" "$INSTDIR\handlens.exe"'
FunctionEnd
