// Comment éviter l’avertissement du navigateur, en français.

export const messages = {
  title: 'Plus d’avertissement · Handlens',
  heading: 'Ne plus voir l’avertissement du certificat',
  trusted: '*Cet appareil fait désormais confiance à Handlens.* L’avertissement ne reviendra pas.',
  untrusted: 'Cet appareil ne fait pas encore confiance à Handlens. Dès que ce sera le cas, ' +
    'cette page le dira d’elle-même. Vous avez suivi toutes les étapes et elle ne dit rien ? ' +
    'Redémarrez le navigateur et scannez le code de nouveau : pas d’avertissement, c’est que ' +
    'cela a marché.',
  cannotTell: 'Ce navigateur ne dit pas si l’appareil fait confiance à Handlens. Une fois les ' +
    'étapes suivies, fermez cet onglet et scannez le code de nouveau : pas d’avertissement, ' +
    'c’est que cela a marché.',
  noUse: 'À cette adresse, que l’appareil fasse confiance à Handlens ne change rien : Handlens ' +
    'ne peut se porter garant que d’adresses de réseaux privés.',
  why: 'Votre ordinateur et votre téléphone se parlent directement, sans entreprise entre les ' +
    'deux. Votre navigateur ne connaît donc personne qui se porte garant de l’ordinateur, et il ' +
    'vous avertit. Handlens fonctionne quand même : vous pouvez passer outre à chaque fois.',
  once: 'Pour ne plus jamais le voir, dites une fois à cet appareil de faire confiance à *votre ' +
    'propre* Handlens. Seul cet ordinateur peut s’en servir, et seulement pour les adresses de ' +
    'votre propre réseau. Cela prend une minute environ.',
  ios: 'iPhone et iPad',
  iosSteps: 'Il y a deux étapes : installer le profil, puis activer la confiance. Téléchargez-le ' +
    'avec Safari.',
  iosDownload: '[Téléchargez le profil] et touchez *Autoriser*.',
  iosInstall: 'Ouvrez *Réglages*. En haut, touchez *Profil téléchargé*, puis *Installer*. (Il ' +
    'n’y est pas ? Réglages, Général, VPN et gestion de l’appareil.)',
  iosTrust: 'Voici la seconde étape : Réglages, *Général*, *Informations*, tout en bas *Réglages ' +
    'de confiance des certificats*. Activez *Handlens*.',
  scan: 'Scannez encore le code sur l’ordinateur.',
  iosUndo: 'Pour revenir en arrière : Réglages, Général, VPN et gestion de l’appareil, Handlens, ' +
    'Supprimer le profil.',
  download: '[Téléchargez le certificat]',
  androidSearch: 'Ouvrez *Paramètres* et cherchez *Certificat CA*. (Il se trouve dans Sécurité ' +
    'et confidentialité, Autres paramètres de sécurité, Chiffrement et identifiants, Installer ' +
    'un certificat.)',
  androidInstall: 'Choisissez *Certificat CA*, puis *Installer quand même*, et prenez ' +
    '*handlens-ca.crt* dans les téléchargements.',
  androidWarns: 'Android avertit pour tout certificat que quelqu’un pourrait s’en servir pour ' +
    'vous surveiller, demande le verrouillage de l’écran et signale peut-être ensuite que le ' +
    'réseau peut être surveillé. Celui-ci ne vaut que sur votre propre réseau.',
  androidFirefox: 'Dans Firefox, ouvrez aussi Paramètres, À propos de Firefox, touchez cinq fois ' +
    'le logo, revenez et activez *Utiliser des certificats CA tiers* dans les paramètres secrets.',
  androidUndo: 'Pour revenir en arrière : Paramètres, cherchez *Identifiants utilisateur* ou ' +
    '*Identifiants de confiance*, Utilisateur, Handlens, Supprimer.',
  downloadOpen: '[Téléchargez le certificat] et ouvrez-le.',
  windowsInstall: 'Choisissez *Installer un certificat*, *Utilisateur actuel*, puis *Placer tous ' +
    'les certificats dans le magasin suivant* : *Autorités de certification racines de ' +
    'confiance*.',
  windowsConfirm: 'Confirmez et redémarrez le navigateur.',
  windowsUndo: 'Pour revenir en arrière : lancez *certmgr.msc*, Autorités de certification ' +
    'racines de confiance, Certificats, Handlens, Supprimer.',
  macDownload: '[Téléchargez le certificat] et ouvrez-le : Trousseaux d’accès l’ajoute au ' +
    'trousseau de session.',
  macTrust: 'Dans Trousseaux d’accès, double-cliquez sur *Handlens*, ouvrez *Se fier* et réglez ' +
    '*Secure Sockets Layer* sur *Toujours approuver*.',
  macConfirm: 'Fermez la fenêtre, confirmez et redémarrez le navigateur.',
  macUndo: 'Pour revenir en arrière : supprimez Handlens dans Trousseaux d’accès.',
  linuxChrome: 'Chrome : Paramètres, Confidentialité et sécurité, Sécurité, Gérer les ' +
    'certificats, *Installés par vous* ; importez-le dans *Certificats de confiance*.',
  linuxCertutil: 'Ou dans un terminal, avec les outils de NSS (*libnss3-tools* ou *nss-tools*) ' +
    ': {certutil}',
  linuxUndo: 'Pour revenir en arrière : supprimez Handlens dans la même liste, ou {uncertutil}',
  firefox: 'Firefox sur un ordinateur',
  firefoxOwn: 'Firefox a sa propre liste. Sous Windows et sur Mac, il accepte aussi ce à quoi ' +
    'le système fait confiance.',
  firefoxImport: 'Paramètres, Vie privée et sécurité, *Afficher les certificats*, *Autorités*, ' +
    '*Importer*, choisissez *handlens-ca.crt* et cochez *Confirmer cette AC pour identifier des ' +
    'sites web*.',
  firefoxUndo: 'Pour revenir en arrière : supprimez Handlens dans la même liste.',
  authority: 'Ce à quoi vous faites confiance s’appelle {name}. L’empreinte (SHA-256) que ' +
    'votre appareil affiche doit être {fingerprint} Sur l’ordinateur, {doctor} affiche la même.',
  back: '[Retour à la caméra]',
};
