// Cómo evitar el aviso del navegador, en español.

export const messages = {
  title: 'Evitar el aviso · Handlens',
  heading: 'Evitar el aviso del certificado',
  trusted: '*Este dispositivo ya confía en Handlens.* El aviso no volverá.',
  untrusted: 'Este dispositivo aún no confía en Handlens. En cuanto lo haga, esta página lo ' +
    'dirá por sí sola. ¿Has hecho todos los pasos y no lo dice? Reinicia el navegador y vuelve a ' +
    'escanear el código: si no hay aviso, ha funcionado.',
  cannotTell: 'Este navegador no dice si el dispositivo confía en Handlens. Cuando hayas hecho ' +
    'los pasos, cierra esta pestaña y vuelve a escanear el código: si no hay aviso, ha ' +
    'funcionado.',
  noUse: 'En esta dirección no cambia nada que el dispositivo confíe en Handlens: solo puede ' +
    'responder por direcciones de redes privadas.',
  why: 'Tu ordenador y tu teléfono hablan directamente, sin ninguna empresa en medio. Por eso tu ' +
    'navegador no conoce a nadie que responda por el ordenador y te avisa. Handlens funciona ' +
    'igual: puedes seguir adelante tras el aviso cada vez.',
  once: 'Para no verlo más, dile una vez a este dispositivo que confíe en *tu propio* Handlens. ' +
    'Solo ese ordenador puede usar esta confianza, y solo para direcciones de tu propia red. Se ' +
    'tarda un minuto.',
  ios: 'iPhone y iPad',
  iosSteps:
    'Son dos pasos: instalar el perfil y después activar la confianza. Descárgalo con Safari.',
  iosDownload: '[Descarga el perfil] y toca *Permitir*.',
  iosInstall: 'Abre *Ajustes*. Arriba, toca *Perfil descargado* y luego *Instalar*. (¿No está? ' +
    'Ajustes, General, VPN y gestión de dispositivos.)',
  iosTrust: 'Ahora el segundo paso: Ajustes, *General*, *Información* y, abajo del todo, ' +
    '*Configuración de confianza de los certificados*. Activa *Handlens*.',
  scan: 'Escanea otra vez el código del ordenador.',
  iosUndo:
    'Para deshacerlo: Ajustes, General, VPN y gestión de dispositivos, Handlens, Eliminar perfil.',
  download: '[Descarga el certificado]',
  androidSearch: 'Abre *Ajustes* y busca *Certificado de CA*. (Está en Seguridad y privacidad, ' +
    'Más ajustes de seguridad, Cifrado y credenciales, Instalar un certificado.)',
  androidInstall: 'Elige *Certificado de CA*, luego *Instalar de todos modos*, y toma ' +
    '*handlens-ca.crt* de las descargas.',
  androidWarns: 'Android avisa con cualquier certificado de que alguien podría vigilarte con ' +
    'él, pide el bloqueo de pantalla y quizá siga diciendo que la red puede estar supervisada. ' +
    'Este solo vale en tu propia red.',
  androidFirefox: 'En Firefox, además: Ajustes, Acerca de Firefox, toca cinco veces el logotipo, ' +
    'vuelve atrás y activa *Usar certificados CA de terceros* en Ajustes secretos.',
  androidUndo: 'Para deshacerlo: Ajustes, busca *Credenciales de usuario* o *Credenciales de ' +
    'confianza*, Usuario, Handlens, Quitar.',
  downloadOpen: '[Descarga el certificado] y ábrelo.',
  windowsInstall: 'Elige *Instalar certificado*, *Usuario actual*, luego *Colocar todos los ' +
    'certificados en el siguiente almacén*: *Entidades de certificación raíz de confianza*.',
  windowsConfirm: 'Confirma y reinicia el navegador.',
  windowsUndo: 'Para deshacerlo: abre *certmgr.msc*, Entidades de certificación raíz de ' +
    'confianza, Certificados, Handlens, Eliminar.',
  macDownload: '[Descarga el certificado] y ábrelo: Acceso a Llaveros lo añade al llavero de ' +
    'inicio de sesión.',
  macTrust: 'En Acceso a Llaveros, haz doble clic en *Handlens*, abre *Confiar* y pon *Secure ' +
    'Sockets Layer* en *Confiar siempre*.',
  macConfirm: 'Cierra la ventana, confirma y reinicia el navegador.',
  macUndo: 'Para deshacerlo: borra Handlens en Acceso a Llaveros.',
  linuxChrome: 'Chrome: Configuración, Privacidad y seguridad, Seguridad, Gestionar ' +
    'certificados, *Instalados por ti*; impórtalo en *Certificados de confianza*.',
  linuxCertutil: 'O en un terminal, con las herramientas de NSS (*libnss3-tools* o ' +
    '*nss-tools*): {certutil}',
  linuxUndo: 'Para deshacerlo: elimina Handlens en la misma lista, o {uncertutil}',
  firefox: 'Firefox en un ordenador',
  firefoxOwn: 'Firefox tiene su propia lista. En Windows y Mac también acepta aquello en lo ' +
    'que confía el sistema.',
  firefoxImport: 'Ajustes, Privacidad y seguridad, *Ver certificados*, *Autoridades*, ' +
    '*Importar*, elige *handlens-ca.crt* y marca *Confiar en esta CA para identificar sitios ' +
    'web*.',
  firefoxUndo: 'Para deshacerlo: elimina Handlens en la misma lista.',
  authority: 'Aquello en lo que confías se llama {name}. La huella (SHA-256) que muestra tu ' +
    'dispositivo debe ser {fingerprint} En el ordenador, {doctor} muestra la misma.',
  back: '[Volver a la cámara]',
};
