@start "" "%~dp0app\python\pythonw.exe" -m dxkb.desktop stop
