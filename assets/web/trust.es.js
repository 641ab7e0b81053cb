// Cómo evitar el aviso del navegador, en español.

export const messages = {
  title: 'Evitar el aviso · Handlens',
  heading: 'Evitar el aviso del certificado',
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
    'certificados; impórtalo en *Certificados de confianza*.',
  linuxFirefox: 'Firefox: Ajustes, Privacidad y seguridad, Ver certificados, Autoridades, ' +
    '*Importar*, y marca *identificar sitios web*.',
  linuxUndo: 'Para deshacerlo: borra Handlens en la misma lista.',
  authority: 'Aquello en lo que confías se llama {name}. La huella (SHA-256) que muestra tu ' +
    'dispositivo debe ser {fingerprint}',
  back: '[Volver a la cámara]',
};
